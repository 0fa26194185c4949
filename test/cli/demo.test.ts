import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countMessages } from '../../src/district/message.ts';
import { DISTRICT_END, residentAt } from '../../src/district/residents.ts';
import { type Ran, runCommand } from './run-command.ts';

const RESIDENTS = 40;
const district = { residents: RESIDENTS, seed: '1', until: DISTRICT_END };
const messages = String(countMessages(district));
const args = ['--exit', '--residents', String(RESIDENTS)];

let folder: string;
let env: Record<string, string>;
let first: Ran;
let second: Ran;

/** The part of what was printed from one heading to the next. */
function scene(ran: Ran, from: string, to: string): string {
  const start = ran.stdout.indexOf(from);
  const end = ran.stdout.indexOf(to, start);
  return start < 0 || end < 0 ? '' : ran.stdout.slice(start, end);
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'bund-demo-'));
  env = { BUND_PORT: '0', BUND_STORE: `sqlite:${path.join(folder, 'bund.db')}`, BUND_DATA: folder };
  first = await runCommand('demo', args, env);
  second = await runCommand('demo', args, env);
});
afterAll(() => rm(folder, { recursive: true }));

describe('npm run demo -- --exit', () => {
  it('ends well, and writes no control characters where nobody looks at a terminal', () => {
    expect(first).toMatchObject({ status: 0 });
    expect(first.stdout + first.stderr).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f]/);
    expect(first.stderr).toContain(`Pushing messages: ${messages} of ${messages}`);
  });

  it('takes in every message of the district', () => {
    expect(first.stdout).toMatch(/Messages +\d+ accepted in [\d.]+ s: [1-9]\d* as FHIR, [1-9]\d* as HL7 v2, [1-9]\d* as documents, 1 as a table/);
  });

  it('joins records of one person, and leaves a borrowed card and a changed name to a human', () => {
    expect(first.stdout).toMatch(/Persons +\d+ from \d+ patient records: [1-9]\d* were joined/);
    expect(first.stdout).toContain('2 resident IDs under which two names came');
  });

  it('lists the codes and the unit that no table knows', () => {
    for (const gap of ['code TXBGAS', 'code 25OHD', 'unit mm/60min']) expect(first.stdout).toMatch(new RegExp(`${gap}.*, results: [1-9]\\d*; stored and marked`));
  });

  it('shows the results of one resident from four institutions, in original and in common unit', () => {
    const results = scene(first, `Results of ${residentAt(0, district).name}`, 'What an auditor sees');
    for (const [institution, channel] of [['澄心医院', 'FHIR'], ['浦滨综合医院', 'HL7 v2'], ['霁明医院', 'WS/T 500'], ['梧桐里社区卫生服务中心', 'CSV']]) expect(results).toMatch(new RegExp(`${institution} +│ ${channel} +│`));
    expect(results).toMatch(/│ +\d+ │ mg\/dL +│ \w* +│ 浦滨综合医院 +│ HL7 v2 +│ [\d\- :]+ │ +[\d.]+ │ mmol\/L │/);
  });

  it('draws its tables straight where Chinese and Latin letters meet', () => {
    const isWide = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]/u;
    const width = (line: string): number => Array.from(line).reduce((sum, character) => sum + (isWide.test(character) ? 2 : 1), 0);
    const lines = scene(first, 'Results of', 'What an auditor sees').split('\n').filter((line) => /^[┌├│└]/.test(line));
    expect(lines.length).toBeGreaterThan(10);
    expect(new Set(lines.map(width)).size).toBe(1);
  });

  it('shows the trace of that very query: who, when, what, why, and every record of the person', () => {
    const trace = scene(first, 'What an auditor sees', 'does not know');
    expect(trace).toContain('陈医生 (dr-chen), clinician at 澄心医院');
    expect(trace).toMatch(/When +\d{4}-\d\d-\d\dT/);
    expect(trace).toContain(`|${residentAt(0, district).residentId ?? ''}&category=laboratory`);
    expect(trace).toMatch(/Purpose +TREAT/);
    expect(trace.match(/Patient\/[0-9a-f]{32}/g)).toHaveLength(4);
  });

  it('refuses a stranger\'s record, opens it to a broken glass, and explains a refused message', () => {
    expect(first.stdout).toMatch(/Without a care relation: 403/);
    expect(first.stdout).toMatch(/X-Purpose-Of-Use ETREAT: 200, [1-9]\d* results/);
    expect(scene(first, 'A message that cannot be taken in', 'Proof')).toMatch(/entry\[1\]\.resource\.birthDate[\s\S]*\.status[\s\S]*refused, 2 issues/);
  });

  it('maps a local code by two people, and finds by LOINC what was stored before', () => {
    const mapping = scene(first, 'A local code is mapped', 'Proof');
    expect(mapping).toMatch(/Before +.*: 0 results/);
    expect(mapping).toMatch(/After +[1-9]\d* results/);
    expect(scene(second, 'A local code is mapped', 'Proof')).toContain('in an earlier run');
  });

  it('proves the trace', () => {
    expect(first.stdout).toMatch(/\nIntact/);
  });

  it('answers an order with what may stand in for it and why the rest may not, counts the decision and re-opens it', () => {
    const cards = scene(first, 'An order meets', 'The decision');
    expect(cards).toMatch(/已有可互认结果：血脂 4\/4 项（浦滨综合医院 .*\n[^]*总胆固醇 Total cholesterol +│ \d+ mg\/dL +│ \d\.\d\d mmol\/L/);
    const [, until = '', days] = /互认标识 Mark: 沪HR\n +互认至 Recognised until: (\S+ \S+?)（.* (\d+) days left/.exec(cards) ?? [];
    expect(Number(days)).toBe(Math.floor((Date.parse(`${until.replace(' ', 'T')}+08:00`) - Date.now()) / 86_400_000));
    for (const sentence of ['The quality certificate for Haemoglobin A1c (NGSP) lapsed on 2025-12-31', 'cannot be converted to the unit of Lipoprotein(a)', 'older than the 7 days for which Potassium is recognised']) expect(cards).toContain(sentence);
    const decision = scene(first, 'The decision', 'whom the');
    expect(decision).toMatch(/For the record +互认外院结果：.*浦滨综合医院 沪HR.*陈医生/);
    expect(decision).toMatch(/1 might be recognised, 1 were; saved ¥73\.00, of which the patients ¥21\.90/);
    expect(decision).toMatch(/Now +reopened: /);
    expect(decision).toContain('A result that the decision rests on was corrected');
  });

  it('doubles nothing when it is run again on the same data', () => {
    expect(second).toMatchObject({ status: 0 });
    expect(second.stdout).toMatch(/Nothing was doubled: \d+ messages sent again, 0 new records\./);
    expect(scene(second, 'Persons', '\n')).toBe(scene(first, 'Persons', '\n'));
    // What hospital-b has reported in the last days stands at the head of its items in the second run.
    const ofTheDistrict = (run: Ran): string[] => scene(run, 'Results of', 'What an auditor sees').split('\n').filter((line) => / 202[45]-/.test(line)).map((line) => line.slice(line.indexOf('│', 1)));
    expect(ofTheDistrict(second)).toEqual(ofTheDistrict(first));
    expect(scene(second, 'The decision', 'whom the')).toContain('in an earlier run on this day, and re-opened by the correction');
  });
});

describe('npm run demo', () => {
  it('names BUND_PORT when the port is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? String(address.port) : '';
    const ran = await runCommand('demo', args, { ...env, BUND_PORT: port });
    other.close();
    expect(ran.status).toBe(1);
    expect(ran.stderr).toMatch(new RegExp(`^BUND_PORT is ${port}, which another process listens on`));
  });

  it('names a wrong option and a wrong setting, and says how it is used', async () => {
    const [option, setting] = await Promise.all([runCommand('demo', ['--residents', 'many'], env), runCommand('demo', args, { ...env, BUND_PORT: 'x' })]);
    expect(option.status).toBe(64);
    expect(option.stderr).toMatch(/--residents takes a whole number from 10 to 100000, not "many"\n\nUsage/);
    expect(setting.status).toBe(78);
    expect(setting.stderr).toContain('BUND_PORT must be a whole number');
  });
});
