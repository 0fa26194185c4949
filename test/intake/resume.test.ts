import { hash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Caller } from '../../src/access/index.ts';
import { enterInbox } from '../../src/intake/inbox.ts';
import { readInbox } from '../../src/intake/inbox.ts';
import { resumeIntake } from '../../src/intake/resume-intake.ts';
import { readConfig } from '../../src/config.ts';
import { serve } from '../../src/serve.ts';
import type { IntakeServer } from './intake-server.ts';
import { startIntakeServer } from './intake-server.ts';
import { labBundle } from './samples.ts';

let server: IntakeServer;
beforeAll(async () => { server = await startIntakeServer(); });
afterAll(() => server.stop());

const caller: Caller = {
  role: 'source', subject: 'hospital-a', name: undefined, source: 'hospital-a', facility: undefined, scopes: [], purpose: 'TREAT', breakGlass: undefined, requestId: 'r-1', address: '127.0.0.1',
};

/** A message as a gateway leaves it that dies between inbox and commit. */
async function leaveReceived(number: string, content: string): Promise<string> {
  const { message } = await enterInbox(server.services, caller, { source: 'hospital-a', messageId: number, contentHash: hash('sha256', content), format: 'fhir', bytes: Buffer.from(content) });
  return message.id;
}

describe('a message that was received and not finished', () => {
  it('is stored by the next start, in the name of its sender', async () => {
    const id = await leaveReceived('r1', JSON.stringify(labBundle('hospital-a', { number: 'resume-1' }, [{ number: 'resume-1-1', code: 'GLU' }])));
    expect(await resumeIntake(server.services)).toBe(1);
    expect((await server.operator('GET', `/intake/messages/${id}`)).body.message.status).toBe('processed');
    const patientAt = (await server.stored('Patient'))[0]?.['id'];
    const traced = await server.fhir('GET', `/AuditEvent?patient=Patient/${String(patientAt)}&action=C`);
    expect(traced.body.entry[0].resource.agent[0].who.identifier.value).toBe('hospital-a');
    expect(await resumeIntake(server.services)).toBe(0);
  });

  it('is answered when its sender, who never got an answer, sends it again', async () => {
    const message = labBundle('hospital-a', { number: 'resume-2' }, [{ number: 'resume-2-1', code: 'GLU' }], { identifier: 'r2' });
    const text = JSON.stringify(message);
    await enterInbox(server.services, caller, { source: 'hospital-a', messageId: 'https://sender.example/messages|r2', contentHash: hash('sha256', text), format: 'fhir', bytes: Buffer.from(text) });
    const answer = await server.push('hospital-a', text);
    expect(answer.body.entry[1].response.status).toBe('201 Created');
    expect((await server.push('hospital-a', text)).text).toBe(answer.text);
  });

  it('is refused like any other when it is faulty, and does not hold up the next', async () => {
    const ids = [
      await leaveReceived('r3', '{'),
      await leaveReceived('r4', JSON.stringify({ resourceType: 'Patient', gender: 'x' })),
      await leaveReceived('r5', JSON.stringify(labBundle('hospital-a', { number: 'resume-5' }, []))),
    ];
    expect(await resumeIntake(server.services)).toBe(3);
    const messages = await Promise.all(ids.map((id) => server.operator('GET', `/intake/messages/${id}`)));
    expect(messages.map(({ body }) => body.message.status)).toEqual(['refused', 'refused', 'processed']);
  });

  it('is finished once by gateways that resume at one moment', async () => {
    await leaveReceived('r6', JSON.stringify(labBundle('hospital-a', { number: 'resume-6' }, [{ number: 'resume-6-1', code: 'GLU' }])));
    await Promise.all([resumeIntake(server.services), resumeIntake(server.services), resumeIntake(server.services)]);
    const found = await server.fhir('GET', '/Observation?identifier=resume-6-1');
    expect(found.body.entry).toHaveLength(1);
    expect(found.body.entry[0].resource.meta.versionId).toBe('1');
  });

  it('does not overwrite what came while it waited', async () => {
    const of = (value: number): object => labBundle('hospital-a', { number: 'resume-7' }, [{ number: 'resume-7-1', code: 'GLU', value }]);
    await leaveReceived('r7', JSON.stringify(of(1.5)));
    await server.push('hospital-a', of(2.5));
    await resumeIntake(server.services);
    const found = await server.fhir('GET', '/Observation?identifier=resume-7-1');
    expect(found.body.entry[0].resource.valueQuantity.value).toBe(2.5);
  });

  it('is traced as soon as it is in the inbox', async () => {
    const id = await leaveReceived('r9', '{');
    const traced = await server.fhir('GET', '/AuditEvent?subtype=intake-received&_count=1');
    expect(traced.body.entry[0].resource).toMatchObject({ action: 'C', agent: [{ who: { identifier: { value: 'hospital-a' } } }, {}], entity: [{ what: { reference: `SourceMessage/${id}` } }, {}] });
    await resumeIntake(server.services);
  });

  it('is left alone while it may still be worked on', async () => {
    await leaveReceived('r10', JSON.stringify(labBundle('hospital-a', { number: 'resume-10' }, [])));
    expect(await resumeIntake(server.services, { minAgeMs: 60_000 })).toBe(0);
    expect(await resumeIntake(server.services, { signal: AbortSignal.abort() })).toBe(0);
    expect(await resumeIntake(server.services)).toBe(1);
  });

  it('is finished by a gateway that runs already, once a request would have taken too long', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'bund-resume-'));
    const gateway = await serve(readConfig({ BUND_STORE: `sqlite:${path.join(folder, 'bund.db')}`, BUND_PORT: '0', BUND_LOG: 'silent', BUND_LIMIT_REQUEST_MS: '100' }), 'resume-1');
    const content = Buffer.from(JSON.stringify(labBundle('hospital-a', { number: 'resume-11' }, [])));
    for (const number of ['r11', 'r12']) {
      const { message } = await enterInbox(gateway.services, caller, { source: 'hospital-a', messageId: number, contentHash: hash('sha256', content), format: 'fhir', bytes: content });
      await vi.waitFor(async () => expect((await readInbox(gateway.services, message.id)).message.status).toBe('processed'), { timeout: 20_000, interval: 20 });
    }
    await gateway.stop();
    await rm(folder, { recursive: true });
  });

  it('waits on when the description of its source is gone', async () => {
    const { message } = await enterInbox(server.services, caller, { source: 'closed-hospital', messageId: 'r8', contentHash: 'h', format: 'fhir', bytes: Buffer.from('{}') });
    expect(await resumeIntake(server.services)).toBe(0);
    expect((await server.operator('GET', `/intake/messages/${message.id}`)).body.message.status).toBe('received');
  });
});
