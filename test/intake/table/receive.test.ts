import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tableLines } from '../../../src/district/table-delivery.ts';
import { DISTRICT_END } from '../../../src/district/residents.ts';
import { row, workbook } from '../../normalize/table/workbook-writer.ts';
import type { IntakeServer } from '../intake-server.ts';
import { startIntakeServer } from '../intake-server.ts';

const CSV = { 'Content-Type': 'text/csv' };
const XLSX = { 'Content-Type': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' };

/** The lines of a CSV table without quotes as the rows of a sheet. */
const sheetOf = (lines: string): string => lines.trim().split('\n').map((line, at) => row(at + 1, line.replace('\r', '').split(','))).join('');
let server: IntakeServer;
let table: string;
beforeAll(async () => {
  server = await startIntakeServer();
  table = [...tableLines(server.services, { residents: 40, seed: 'table', until: DISTRICT_END }, 'community-e')].join('');
});
afterAll(() => server.stop());

describe('A table that is pushed', () => {
  it('becomes patients, reports and mapped results', async () => {
    const answer = await server.push('community-e', table, { ...CSV, 'X-Message-Id': 'results.csv' });
    expect(answer.status, answer.text).toBe(200);
    const results = await server.stored('Observation');
    expect(results).toHaveLength(table.trim().split('\n').length - 1);
    expect(results.every((result) => JSON.stringify(result['code']).includes('https://bund.example/CodeSystem/item'))).toBe(true);
    expect((await server.stored('DiagnosticReport')).length).toBeGreaterThan(10);
  });

  it('changes nothing when it comes again', async () => {
    const before = await server.stored('Observation');
    const answer = await server.push('community-e', table, { ...CSV, 'X-Message-Id': 'results.csv' });
    expect(answer.headers.get('x-intake-repeat')).toBe('true');
    expect(await server.stored('Observation')).toEqual(before);
  });

  it('is taken in without its faulty rows, each told with row and column', async () => {
    const [header = '', ...rows] = table.trim().split('\n');
    const damaged = [header, ...rows.slice(0, 6)].map((row) => row.replace('\r', '').split(','));
    const column = damaged[0]?.indexOf('采样时间') ?? -1;
    if (damaged[2] !== undefined) damaged[2][column] = '2026-02-30 08:00:00';
    const answer = await server.push('community-e', damaged.map((row) => row.join(',')).join('\n'), { ...CSV, 'X-Message-Id': 'damaged.csv' });
    expect(answer.status, answer.text).toBe(200);
    expect(answer.body.issue).toContainEqual(expect.objectContaining({ severity: 'error', location: [expect.stringMatching(/^row 3, column 采样时间/)] }));
    const [message] = (await server.operator('GET', '/intake/messages?status=partial')).body.messages;
    expect(message).toMatchObject({ format: 'csv', status: 'partial' });
  });

  it('is taken in whole when it is decoded in pieces', async () => {
    const long = [...tableLines(server.services, { residents: 900, seed: 'long', until: DISTRICT_END }, 'community-e')];
    expect(Buffer.byteLength(long.join(''))).toBeGreaterThan(1_000_000);
    const before = (await server.stored('Observation')).length;
    const answer = await server.push('community-e', long.join(''), { ...CSV, 'X-Message-Id': 'long.csv' });
    expect(answer.status, answer.text.slice(0, 500)).toBe(200);
    expect(await server.stored('Observation')).toHaveLength(before + long.length - 1);
  }, 60_000);

  it('tells once which columns no mapping speaks of, however many parts it has, and is whole all the same', async () => {
    const wide = [...tableLines(server.services, { residents: 900, seed: 'wide', until: DISTRICT_END }, 'community-e')].map((line, at) => line.replace(/\r?\n$/, `,${at === 0 ? '备注二' : 'x'}\n`)).join('');
    const answer = await server.push('community-e', wide, { ...CSV, 'X-Message-Id': 'wide.csv' });
    const remarks = answer.body.issue.filter(({ diagnostics }: { diagnostics: string }) => diagnostics.includes('备注二'));
    expect(remarks).toEqual([expect.objectContaining({ severity: 'warning', location: ['row 1'] })]);
    expect(answer.body.issue.length).toBeGreaterThan(3);
    const renamed = table.replace('采样时间', '采样日期');
    const refused = await server.push('community-e', renamed, { ...CSV, 'X-Message-Id': 'renamed.csv' });
    expect(refused.body.issue.map(({ diagnostics }: { diagnostics: string }) => diagnostics).join(' ')).toMatch(/no column 采样时间.*taken in: 采样日期/);
  }, 60_000);

  it('is told which sheets of a workbook are not taken in, also when it comes again or the sheet that is read is empty', async () => {
    const pushed = async (content: string): Promise<[number, string[]]> => {
      const answer = await server.push('community-e', workbook({ sheets: { 结果: content, 旧结果: row(1, ['x']), 空: '' } }), { ...XLSX, 'X-Message-Id': 'results.xlsx' });
      return [answer.status, answer.body.issue.filter(({ severity }: { severity: string }) => severity === 'warning').map(({ diagnostics }: { diagnostics: string }) => diagnostics)];
    };
    const remark = expect.stringMatching(/reads this sheet alone, and nothing is taken in of these others that hold something: 旧结果$/);
    expect(await pushed(sheetOf(table))).toEqual([200, [remark]]);
    expect(await pushed(sheetOf(table))).toEqual([200, [remark]]);
    expect(await pushed(sheetOf(table.split('\n', 1).join('')))).toEqual([400, [remark]]);
  });

  it.each([['as UTF-8', (name: string) => Buffer.from(name).toString('latin1')], ['percent-encoded', encodeURIComponent]])('may have a Chinese name, %s', async (_how, written) => {
    const { services } = server;
    const source = [...services.sources.values()].find(({ tables }) => tables?.some(({ recognise }) => recognise.fileName?.startsWith('体检') === true))!;
    const answer = await server.push(source.id, 'a,b\n1,2\n', { ...CSV, 'X-Message-Id': written('体检1126.csv') });
    expect(answer.body.issue[0].diagnostics).toContain('For health-check, row 2 lacks the columns');
    expect((await server.push(source.id, 'a,b\n1,2\n', { ...CSV, 'X-Message-Id': written('化验.csv') })).body.issue[0].diagnostics).toContain('the file name 化验.csv is of none of');
  });

  it('is refused with its cause when it holds nothing but a header', async () => {
    const answer = await server.push('community-e', table.split('\n', 1).join(''), { ...CSV, 'X-Message-Id': 'empty.csv' });
    expect([answer.status, answer.body.issue]).toEqual([400, [expect.objectContaining({ severity: 'fatal', diagnostics: 'The table holds no row below its header' })]]);
  });

  it('is refused when it is none, or fits no mapping', async () => {
    expect((await server.push('community-e', 'a,b\n1,2\n', CSV)).status).toBe(400);
    expect((await server.push('community-e', Buffer.from([0, 1, 2, 3]), CSV)).status).toBe(400);
    expect((await server.push('hospital-a', table, CSV)).status).toBe(400);
  });
});
