import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STORES } from '../../http/server.ts';
import type { Parsed } from '../../http/server.ts';
import type { IntakeServer } from '../intake-server.ts';
import { startIntakeServer } from '../intake-server.ts';
import { permutationsOf } from './permutations.ts';
import { pid, v2 } from './samples.ts';

const HL7 = { 'Content-Type': 'application/hl7-v2' };

/** A message about a document: the document, at which hour it was sent, fields of its TXA beside those of every message, and its text. */
interface Told { readonly event: string; readonly of: string; readonly hour: string; readonly parent?: string; readonly fields?: Readonly<Record<number, string>>; readonly text?: string }

function tell(round: string, { event, of, hour, parent, fields = {}, text }: Told): string {
  const txa = Array.from({ length: 26 }, (_, at) => ({ 0: 'TXA', 1: '1', 2: 'CN^会诊记录^L', 3: 'TX', 12: `${round}-${of}`, 13: parent === undefined ? '' : `${round}-${parent}`, ...fields }[at] ?? ''));
  const content = text === undefined ? [] : [`OBX|1|TX|CN^会诊记录^L||${text}`];
  return v2({ type: `MDM^${event}`, control: `${round}-${of}-${event}-${hour}`, at: `20260301${hour}0000+0800`, segments: [pid({ number: round }), `PV1|1|I|||||||||||||||||${round}`, txa.join('|'), ...content] });
}

const WRITTEN: Told = { event: 'T02', of: '1', hour: '08', fields: { 4: '20260301073000', 9: '1001^李^四', 14: 'O1', 16: 'd1.txt', 17: 'DI' }, text: '初稿' };
const EDITED: Told = { event: 'T08', of: '1', hour: '09', text: '修订稿' };
const SIGNED: Told = { event: 'T03', of: '1', hour: '10', fields: { 10: '1002^王^五', 17: 'AU' } };
const REPLACEMENT: Told = { event: 'T10', of: '2', hour: '11', parent: '1', text: '新稿' };
const CANCELLED: Told = { event: 'T11', of: '2', hour: '12' };

describe.each(STORES)('a document told by messages on $name', ({ uri }) => {
  let server: IntakeServer;
  beforeAll(async () => { server = await startIntakeServer({ uri }); });
  afterAll(() => server.stop());
  let rounds = 0;

  /** The documents of a round by their numbers, as they are but for what differs from round to round. */
  async function stateAfter(told: readonly Told[]): Promise<Parsed> {
    const round = `MD${rounds++}`;
    for (const one of told) {
      const answer = await server.push('hospital-b', tell(round, one), HL7);
      expect(answer.text, `${one.event} of ${told.map(({ event }) => event).join(' ')}`).toContain('MSA|AA');
    }
    const { body } = await server.fhir('GET', `/DocumentReference?patient.identifier=https://bund.example/sources/hospital-b/patient-number|${round}`);
    const documents = body.entry.map(({ resource }: Parsed) => resource);
    const numbers = new Map(documents.map(({ id, masterIdentifier }: Parsed) => [`DocumentReference/${id}`, masterIdentifier.value]));
    const named = documents.map(({ id: _id, meta: _meta, subject: _subject, context: { encounter: _encounter, ...context }, ...others }: Parsed) => ({ ...others, context })).map((document: Parsed) => [document.masterIdentifier.value, document]);
    return JSON.parse(JSON.stringify(Object.fromEntries(named.sort(([a]: Parsed, [b]: Parsed) => (a < b ? -1 : 1))), (name, value) => (name === 'reference' ? numbers.get(value) ?? value : value)).replaceAll(`${round}-`, ''));
  }

  async function inAnyOrder(told: readonly Told[]): Promise<Parsed> {
    const inOrder = await stateAfter(told);
    const all = told.map((_, index) => index);
    // All of them where they are few; of many a sample, with those that come again in between.
    const orders = told.length < 5 ? permutationsOf(all).map((order) => [...order, ...order]) : fc.sample(fc.tuple(fc.shuffledSubarray(all, { minLength: all.length }), fc.shuffledSubarray(all)).map(([order, again]) => [...order, ...again]), uri === undefined ? 40 : 10);
    for (const order of orders) expect(JSON.stringify(await stateAfter(order.flatMap((at) => told[at] ?? []))), order.join(' ')).toBe(JSON.stringify(inOrder));
    return inOrder;
  }
  const textOf = ({ content: [{ attachment }] }: Parsed): string => Buffer.from(attachment.data, 'base64').toString('utf8');

  it('has the last text and the last state, whichever came last', async () => {
    const { 1: document } = await inAnyOrder([WRITTEN, EDITED, SIGNED]);
    expect(document).toMatchObject({ status: 'current', docStatus: 'final', author: [{ display: '李四' }], authenticator: { display: '王五' }, context: { period: { start: '2026-03-01T07:30:00+08:00' }, related: [{ identifier: { value: 'O1' } }] } });
    expect(document.identifier.map(({ value }: Parsed) => value).sort()).toEqual(['1', 'd1.txt']);
    expect(textOf(document)).toBe('修订稿');
  });

  it('that is cancelled is so though it comes later than that', async () => {
    const { 1: document } = await inAnyOrder([WRITTEN, EDITED, { event: 'T11', of: '1', hour: '10' }]);
    expect(document).toMatchObject({ status: 'entered-in-error', docStatus: 'entered-in-error' });
    expect(textOf(document)).toBe('修订稿');
  });

  it('of which nothing but a state has come is kept under its number, and says that its text is not known', async () => {
    for (const event of ['T01', 'T03', 'T05', 'T07', 'T09']) expect((await stateAfter([{ event, of: '1', hour: '08' }]))[1]).toMatchObject({ status: 'current', content: [{ attachment: { title: '1', extension: [{ valueCode: 'unknown' }] } }] });
    expect((await stateAfter([CANCELLED]))[2]).toMatchObject({ status: 'entered-in-error', content: [{ attachment: { title: '2' } }] });
    const { 1: document } = await inAnyOrder([{ event: 'T01', of: '1', hour: '07', fields: { 25: '心内科会诊' } }, WRITTEN]);
    expect(document).toMatchObject({ description: '心内科会诊' });
    expect(textOf(document)).toBe('初稿');
  });

  it('is replaced by one that leads to it, whichever came first', async () => {
    const { 1: older, 2: newer } = await inAnyOrder([WRITTEN, SIGNED, REPLACEMENT]);
    expect(older).toMatchObject({ status: 'superseded', docStatus: 'final' });
    expect(newer).toMatchObject({ status: 'current', relatesTo: [{ code: 'replaces', target: { reference: '1', identifier: { value: '1' } } }] });
    expect(await inAnyOrder([WRITTEN, { event: 'T09', of: '2', hour: '11', parent: '1' }])).toMatchObject({ 1: { status: 'superseded' }, 2: { relatesTo: [{ target: { reference: '1' } }] } });
  });

  it('holds again where what replaced it is cancelled', async () => {
    expect(await inAnyOrder([WRITTEN, REPLACEMENT, CANCELLED])).toMatchObject({ 1: { status: 'current' }, 2: { status: 'entered-in-error', relatesTo: [{ target: { reference: '1' } }] } });
    expect(await inAnyOrder([WRITTEN, REPLACEMENT, CANCELLED, { event: 'T10', of: '3', hour: '13', parent: '1', text: '又一稿' }])).toMatchObject({ 1: { status: 'superseded' }, 2: { status: 'entered-in-error' }, 3: { status: 'current' } });
    expect(await inAnyOrder([{ ...WRITTEN, fields: { 19: 'OB' } }, REPLACEMENT, CANCELLED])).toMatchObject({ 1: { status: 'superseded' } });
  });

  it('stays cancelled though another one replaces it', async () => {
    expect(await inAnyOrder([WRITTEN, { event: 'T11', of: '1', hour: '10' }, REPLACEMENT])).toMatchObject({ 1: { status: 'entered-in-error' }, 2: { status: 'current' } });
  });

  it('is replaced in turn by one that comes before it', async () => {
    expect(await inAnyOrder([WRITTEN, REPLACEMENT, { event: 'T10', of: '3', hour: '12', parent: '2', text: '三稿' }])).toMatchObject({ 1: { status: 'superseded' }, 2: { status: 'superseded', relatesTo: [{ target: { reference: '1' } }] }, 3: { status: 'current' } });
  });

  it('ends in one state after all of this', async () => {
    const state = await inAnyOrder([WRITTEN, EDITED, SIGNED, REPLACEMENT, { event: 'T08', of: '2', hour: '12', text: '新稿修订' }, { event: 'T11', of: '2', hour: '13' }]);
    expect(state).toMatchObject({ 1: { status: 'current', docStatus: 'final' }, 2: { status: 'entered-in-error' } });
    expect([textOf(state[1]), textOf(state[2])]).toEqual(['修订稿', '新稿修订']);
  }, 120_000);
});
