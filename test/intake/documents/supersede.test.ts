import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { STORES } from '../../http/server.ts';
import type { Parsed } from '../../http/server.ts';
import type { IntakeServer } from '../intake-server.ts';
import { startIntakeServer } from '../intake-server.ts';

const XML = { 'Content-Type': 'application/xml' };
const template = readFileSync(path.resolve(import.meta.dirname, '../../../fixtures/hospital-d/laboratory-report.in.xml'), 'utf8');
const [, ID = ''] = /<id root="2\.16\.156\.10011\.1\.1" extension="([^"]+)"/.exec(template) ?? [];

/** The report of the fixture under a number of its own. */
function report(number: string, replaces?: string): string {
  const parent = replaces === undefined ? '' : `<relatedDocument typeCode="RPLC"><parentDocument><id root="2.16.156.10011.1.1" extension="${replaces}"/></parentDocument></relatedDocument>`;
  return template.replaceAll(ID, number).replace(/<relatedDocument[^]*?<\/relatedDocument>/, parent);
}

describe.each(STORES)('A document that replaces another, on $name', ({ uri }) => {
  let server: IntakeServer;
  afterEach(() => server.stop());
  const start = async (): Promise<void> => { server = await startIntakeServer({ uri }); };
  const push = async (body: string, source = 'hospital-d'): Promise<void> => expect((await server.push(source, body, XML)).status).toBe(200);
  const statuses = async (): Promise<Record<string, string>> => Object.fromEntries((await server.stored('DocumentReference')).map((document: Parsed) => [document.masterIdentifier.value, document.status]));

  it.each([
    ['after it', ['1', '2']], ['before it', ['2', '1']], ['again and again', ['1', '2', '1', '2', '1']],
  ])('supersedes it when it comes %s', async (_when, order) => {
    await start();
    const bodies: Record<string, string> = { 1: report('BG-1'), 2: report('BG-2', 'BG-1') };
    for (const [n, which] of order.entries()) await push(`${bodies[which]!}${'\n'.repeat(n)}`);
    expect(await statuses()).toEqual({ 'BG-1': 'superseded', 'BG-2': 'current' });
  });

  it('is replaced in turn, and tells what its sender and the exchange have made of the older ones', async () => {
    await start();
    for (const body of [report('BG-1'), report('BG-2', 'BG-1'), report('BG-3', 'BG-2')]) await push(body);
    expect(await statuses()).toEqual({ 'BG-1': 'superseded', 'BG-2': 'superseded', 'BG-3': 'current' });
    const older = (await server.stored('DocumentReference')).find((document: Parsed) => document.masterIdentifier.value === 'BG-1');
    const { body } = await server.fhir('GET', `/Provenance?target=DocumentReference/${String(older!.id)}`);
    expect(body.entry).toHaveLength(2);
    expect(JSON.stringify(body.entry)).toContain(`DocumentReference/${String(older!.id)}/_history/1`);
  });

  it('supersedes it when both come at the same moment', async () => {
    await start();
    await Promise.all([push(report('BG-1')), push(report('BG-2', 'BG-1'))]);
    expect(await statuses()).toEqual({ 'BG-1': 'superseded', 'BG-2': 'current' });
  });

  it('of another institution leaves it current', async () => {
    await start();
    await push(report('BG-1'));
    await push(report('BG-2', 'BG-1').replaceAll('JIMING', 'OTHER'), 'hospital-c');
    expect((await statuses())['BG-1']).toBe('current');
  });
});
