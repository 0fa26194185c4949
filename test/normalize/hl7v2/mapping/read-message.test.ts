import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { IGNORED_SEGMENTS } from '../../../../src/normalize/hl7v2/mapping/ignored-segments.ts';
import { message, obr, obx, pid, pv1, segment, sent, take } from './read.ts';

const MAPPING = path.resolve(import.meta.dirname, '../../../../src/normalize/hl7v2');
const sources = ['mapping', ''].flatMap((folder) => readdirSync(path.join(MAPPING, folder)).filter((file) => file.endsWith('.ts')).map((file) => readFileSync(path.join(MAPPING, folder, file), 'utf8'))).join('\n');

describe('a message type', () => {
  it.each([
    ['ADT', ['A01', 'A02', 'A03', 'A04', 'A05', 'A06', 'A07', 'A08', 'A11', 'A12', 'A13', 'A28', 'A31', 'A40', 'A37', 'A24']], ['ORM', ['O01']], ['OMG', ['O19']], ['OML', ['O21', 'O33', 'O35']], ['ORU', ['R01']], ['OUL', ['R21', 'R22', 'R23', 'R24']],
    ['MDM', ['T01', 'T02', 'T03', 'T04', 'T05', 'T06', 'T07', 'T08', 'T09', 'T10', 'T11']], ['SIU', ['S12', 'S13', 'S14', 'S15', 'S16', 'S17', 'S26']],
  ])('%s is taken in, with its events', (type, events) => {
    for (const event of events) expect(sent(message(`${type}^${event}`, pid())).faults.map(({ issue }) => issue.code), event).not.toContain('not-supported');
  });

  it.each(['VXU^V04', 'ADT^A99', 'ACK', 'constructor^toString', ''])('"%s" is not, and the answer names those that are', (type) => {
    const { faults, entries, saidAt } = sent(message(type, pid()));
    expect(entries).toEqual([]);
    expect(saidAt).toBeUndefined();
    expect(faults).toMatchObject([{ entry: undefined, issue: { code: 'not-supported', location: 'MSH[1]-9' } }]);
    expect(faults[0]?.issue.diagnostics).toMatch(/ADT\^A01, .*ORM\^O01; .*SIU\^S12, /);
  });

  it('of an old version may do without its event', () => {
    expect(take(message('ORU', pid(), obr(), obx())).issues).toEqual([]);
    expect(take(message('ADT', segment('EVN', { 1: 'A04', 2: '20260302091000' }), pid(), pv1())).resources.find(({ resourceType }) => resourceType === 'Encounter')?.['status']).toBe('in-progress');
  });
});

describe('when a message was said', () => {
  const saidAt = (evn: string, msh7 = '20260302093000'): string | undefined => sent(message('ADT^A08', segment('EVN', { 2: evn }), pid()).replace('20260302093000', msh7)).saidAt;
  it('is when the event was recorded, in the time zone of the sender unless it names its own', () => {
    expect(saidAt('20260302091000')).toBe('2026-03-02T01:10:00.000Z');
    expect(saidAt('20260302091000.5+0900')).toBe('2026-03-02T00:10:00.500Z');
  });

  it('is else when the message was sent', () => {
    expect(saidAt('')).toBe('2026-03-02T01:30:00.000Z');
    expect(saidAt('20260302')).toBe('2026-03-02T01:30:00.000Z');
    expect(sent(message('ORU^R01', pid())).saidAt).toBe('2026-03-02T01:30:00.000Z');
  });

  it('gives its time zone to all times of the message that name none', () => {
    const text = message('ORU^R01', pid(), obr({ 7: '20260331230000', 22: '20260401000000+0900' }), obx()).replace('20260302093000', '20260401000000+0000');
    expect(take(text).resources.find(({ resourceType }) => resourceType === 'DiagnosticReport')).toMatchObject({ effectiveDateTime: '2026-03-31T23:00:00+00:00', issued: '2026-04-01T00:00:00+09:00' });
  });

  it.each(['garbage', '20260230120000', '2026030225', '20260302093000+9900'])('is a fault where %s is no time', (msh7) => {
    expect(take(message('ORU^R01', pid(), obr(), obx()).replace('20260302093000', msh7)).issues).toMatchObject([{ code: 'value', location: 'MSH[1]-7' }]);
  });

  it('is not known from a day alone, nor from what is no time', () => {
    expect(saidAt('', '20260302')).toBeUndefined();
    expect(saidAt('99999999999999', '')).toBeUndefined();
  });
});

describe('a segment', () => {
  it.each(['EVN', 'PID', 'PD1', 'NK1', 'PV1', 'PV2', 'AL1', 'IAM', 'DG1', 'PR1', 'GT1', 'IN1', 'IN2', 'MRG', 'ORC', 'OBR', 'TQ1', 'OBX', 'NTE', 'SPM', 'SAC', 'TXA', 'SCH', 'AIS', 'AIG', 'AIL', 'AIP', 'ROL', 'PRT'])('%s is mapped', (name) => {
    expect(IGNORED_SEGMENTS.has(name)).toBe(false);
    expect(sources).toContain(`'${name}'`);
  });

  it('that is not mapped has a reason, and takes nothing with it but what belongs to it', () => {
    for (const [name, reason] of IGNORED_SEGMENTS) expect(reason, name).toMatch(/^[a-z].{10,}[^.]$/);
    const { resources, issues } = take(message('ORU^R01', segment('SFT', { 1: 'X' }), pid(), obr(), segment('CTD', { 1: 'C' }), obx(), segment('ZXX', { 1: '1' }), segment('NTE', { 1: '1', 3: '备注' })));
    expect(issues).toEqual([]);
    expect(resources.find(({ resourceType }) => resourceType === 'Observation')?.['note']).toEqual([{ text: '备注' }]);
  });
});

describe('an entry', () => {
  it('tells of each element where it came from', () => {
    const entry = sent(message('ORU^R01', pid(), obr(), obx(), obx({ 4: '2' }))).entries.filter(({ resource }) => resource.resourceType === 'Observation')[1];
    expect(entry?.origin).toMatchObject({ at: 'OBX[2]', elements: { code: 'OBX[2]-3', valueQuantity: 'OBX[2]-5', referenceRange: 'OBX[2]-7', status: 'OBX[2]-11' } });
  });

  it('can be told from all others of the message by its url', () => {
    const { entries } = sent(message('ORU^R01', pid(), pv1(), obr(), obx(), obx({ 4: '2' })));
    expect(new Set(entries.map(({ fullUrl }) => fullUrl)).size).toBe(entries.length);
  });
});
