import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Parsed } from '../../http/server.ts';
import type { IntakeServer } from '../intake-server.ts';
import { startIntakeServer } from '../intake-server.ts';

const XML = { 'Content-Type': 'application/xml' };
const document = readFileSync(path.resolve(import.meta.dirname, '../../../fixtures/hospital-d/laboratory-report.in.xml'), 'utf8');
let server: IntakeServer;
let answer: { status: number; text: string; body: Parsed };
beforeAll(async () => {
  server = await startIntakeServer();
  answer = await server.push('hospital-d', document, XML);
});
afterAll(() => server.stop());

const one = async (type: string): Promise<Parsed> => (await server.stored(type))[0];

/** As a clinician of an institution. */
const read = (facility: string, address: string): ReturnType<IntakeServer['fhir']> => server.fhir('GET', address, undefined, { Authorization: `Bearer ${server.token('clinician', { facility })}` });

describe('A shared document that is pushed', () => {
  it('is kept as it came, described, and taken apart into mapped results', async () => {
    expect(answer.status, answer.text).toBe(200);
    const binary = await one('Binary');
    expect(Buffer.from(binary.data, 'base64').toString('utf8')).toBe(document);
    const reference = await one('DocumentReference');
    expect(reference.content[0].attachment.url).toBe(`Binary/${binary.id}`);
    const results = await server.stored('Observation');
    expect(results.length).toBeGreaterThan(2);
    expect(JSON.stringify(results)).toContain('https://bund.example/CodeSystem/item');
    expect((await server.stored('DiagnosticReport'))).toHaveLength(1);
  });

  it('is read where the patient is known, and nowhere else', async () => {
    const { id } = await one('Binary');
    expect((await read('jiming', `/Binary/${id}`)).status).toBe(200);
    expect((await read('chengxin', `/Binary/${id}`)).status).toBe(403);
  });

  it('changes nothing when it comes again', async () => {
    const again = await server.push('hospital-d', document, XML);
    expect(again.headers.get('x-intake-repeat')).toBe('true');
    expect(await server.stored('Binary')).toHaveLength(1);
  });

  it('is refused with the place of its fault, and nothing of it is stored', async () => {
    const before = await server.stored('Observation');
    const damaged = document.replace(/<birthTime value="\d+"\/>/, '<birthTime value="19610230"/>').replaceAll('extension="', 'extension="X');
    const refused = await server.push('hospital-d', damaged, XML);
    expect(refused.status).toBe(422);
    expect(JSON.stringify(refused.body.issue)).toContain('/ClinicalDocument/recordTarget');
    expect(await server.stored('Observation')).toEqual(before);
  });

  it.each([
    ['an entity', '<!DOCTYPE x [<!ENTITY a "aaaa">]>'],
    ['an entity from elsewhere', '<!DOCTYPE x SYSTEM "file:///etc/passwd">'],
  ])('is refused with %s', async (_what, type) => {
    const refused = await server.push('hospital-d', document.replace(/(<\?xml[^>]*\?>)?/, `$1${type}`), XML);
    expect(refused.status).toBe(400);
  });

  it('is refused when it is cut, or no document', async () => {
    expect((await server.push('hospital-d', document.slice(0, 900), XML)).status).toBe(400);
    expect((await server.push('hospital-d', '<html/>', XML)).status).toBe(400);
  });
});
