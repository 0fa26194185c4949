import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DISTRICT_END } from '../../../src/district/residents.ts';
import { tableLines } from '../../../src/district/table-delivery.ts';
import type { Answer } from '../../http/server.ts';
import { row, workbook } from '../../normalize/table/workbook-writer.ts';
import { order, pid, v2 } from '../hl7v2/samples.ts';
import type { IntakeServer } from '../intake-server.ts';
import { startIntakeServer } from '../intake-server.ts';

let server: IntakeServer;
beforeAll(async () => { server = await startIntakeServer(); });
afterAll(() => server.stop());

const rehearse = (source: string, body: string | Buffer, headers: Record<string, string>): Promise<Answer> => server.push(`${source}/$rehearse`, body, { Authorization: `Bearer ${server.token('source', { subject: source, source })}`, ...headers });
const fed = async (): Promise<number> => (await server.services.store.feed({ limit: 1_000 })).items.length;

describe('the rehearsal', () => {
  it('of an HL7 v2 message names segments and fields', async () => {
    const at = '20260301090000+0800';
    const before = await fed();
    const good = await rehearse('hospital-b', v2({ type: 'ORU^R01', control: 'rv1', at, segments: [pid({ number: 'RV1' }), ...order('O-rv1', at, [{}])] }), { 'Content-Type': 'application/hl7-v2' });
    expect(good.body).toMatchObject({ format: 'hl7v2', kind: 'hl7v2', wouldBe: 'accepted' });
    expect(good.body.entries).toContainEqual(expect.objectContaining({ type: 'Observation', outcome: 'created', place: expect.stringContaining('OBX') }));
    const faulty = await rehearse('hospital-b', v2({ type: 'ORU^R01', control: 'rv2', at, segments: [pid({ number: 'RV2' }).replace('19600101', '19600231'), ...order('O-rv2', at, [{}])] }), { 'Content-Type': 'application/hl7-v2' });
    expect(faulty.body.wouldBe).toBe('refused');
    expect(faulty.body.issues[0].location).toMatch(/PID/);
    expect(await fed()).toBe(before);
  });

  it('of an HL7 v2 batch rehearses every message of it by itself', async () => {
    const at = '20260301090000+0800';
    const before = await fed();
    const message = (control: string, number: string, code = '30601'): string => v2({ type: 'ORU^R01', control, at, segments: [pid({ number }), ...order(`O-${control}`, at, [{ code }])] });
    const bad = message('rb2', 'RB2').replace('19600101', '19600231');
    const batch = `FHS|^~\\&\rBHS|^~\\&\r${message('rb1', 'RB1')}${bad}${message('rb3', 'RB1', 'none')}BTS|3\rFTS|1\r`;
    const { body } = await rehearse('hospital-b', batch, { 'Content-Type': 'application/hl7-v2' });
    expect(body).toMatchObject({ wouldBe: 'partly', kind: 'hl7v2', messages: { count: 3, rehearsed: 3, accepted: 2, partly: 0, refused: 1 }, patients: { count: 3 } });
    expect(body.issues.map(({ location }: { location: string }) => location)).toContainEqual(expect.stringMatching(/^message 2 PID/));
    expect(body.entries).toContainEqual(expect.objectContaining({ type: 'Observation', outcome: 'created', place: expect.stringMatching(/^message 3 OBX/) }));
    expect(body.unmapped).toEqual([expect.objectContaining({ code: 'none', count: 1 })]);
    const cut = await rehearse('hospital-b', batch.replace('BTS|3', 'BTS|4'), { 'Content-Type': 'application/hl7-v2' });
    expect(cut.body).toMatchObject({ wouldBe: 'refused', issues: [{ severity: 'fatal', diagnostics: expect.stringContaining('BTS-1 does not agree') }] });
    expect(await fed()).toBe(before);
  });

  it('of a table tells of its first part, with rows and columns', async () => {
    const before = await fed();
    const table = [...tableLines(server.services, { residents: 40, seed: 'table', until: DISTRICT_END }, 'community-e')].join('');
    const good = await rehearse('community-e', table, { 'Content-Type': 'text/csv', 'X-Message-Id': 'results.csv' });
    expect(good.body).toMatchObject({ format: 'csv', kind: 'table', wouldBe: 'accepted', issueCount: 0 });
    expect(good.body.entries.length).toBeGreaterThan(10);
    const rows = table.trim().split('\n').slice(0, 5).map((line, at) => row(at + 1, line.replace('\r', '').split(','))).join('');
    const sheets = await rehearse('community-e', workbook({ sheets: { 结果: rows, 旧结果: rows } }), { 'Content-Type': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'X-Message-Id': 'results.xlsx' });
    expect(sheets.body).toMatchObject({ wouldBe: 'accepted', issueCount: 1, issues: [{ location: 'sheet 结果', diagnostics: expect.stringContaining('旧结果') }] });
    expect((await rehearse('community-e', 'a,b\n1,2\n', { 'Content-Type': 'text/csv' })).body).toMatchObject({ wouldBe: 'refused', issues: [{ severity: 'fatal' }] });
    expect(await fed()).toBe(before);
  });

  it('of any other format is refused as a push is', async () => {
    expect((await rehearse('hospital-a', 'x', { 'Content-Type': 'text/plain' })).status).toBe(415);
  });
});
