import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STORES } from '../../http/server.ts';
import type { Parsed } from '../../http/server.ts';
import { documentOf, item, studies } from '../../normalize/cda/documents.ts';
import type { IntakeServer } from '../intake-server.ts';
import { startIntakeServer } from '../intake-server.ts';

const XML = { 'Content-Type': 'application/xml' };
const NUMBERS = '2.16.156.10011.1.1';

/** How a document says which it is a version of. */
type Naming = 'by replacing the one before' | 'by the number of the set' | 'by a set called like the first' | 'by a number alone, under one id';
/** What its time is worth. */
type Clock = 'later each time' | 'the day alone' | 'earlier each time';

interface Feed { readonly naming: Naming; readonly clock: Clock; readonly isNumbered: boolean }

/** What each version of the report holds: items and their values. */
const CONTENTS: readonly Readonly<Record<string, string>>[] = [{ WBC: '5.1', HGB: '131' }, { WBC: '5.2' }, { WBC: '5.3', PLT: '210' }];

function versionOf(round: string, place: number, { naming, clock, isNumbered }: Feed): string {
  const number = (of: number): string => `${round}-${naming === 'by a number alone, under one id' ? 1 : of}`;
  const set = naming === 'by the number of the set' ? `${round}-S` : number(1);
  const isSet = naming === 'by the number of the set' || (naming === 'by a set called like the first' && place > 1);
  const header = [
    ...(isSet ? [`<setId root="${NUMBERS}" extension="${set}"/>`] : []),
    ...(isSet || naming === 'by a number alone, under one id' ? [`<versionNumber value="${place + 8}"/>`] : []),
    ...(naming === 'by replacing the one before' && place > 1 ? [`<relatedDocument typeCode="RPLC"><parentDocument><id root="${NUMBERS}" extension="${number(place - 1)}"/></parentDocument></relatedDocument>`] : []),
  ];
  const time = { 'later each time': `202504011${place}0000`, 'the day alone': '20250401', 'earlier each time': `202504011${9 - place}0000` }[clock];
  const ids = `<id root="2.16.156.10011.1.13" extension="${round}"/>${isNumbered ? `<id root="2.16.156.10011.1.33" extension="${round}-R"/>` : ''}`;
  const items = Object.entries(CONTENTS[place - 1] ?? {}).map(([code, value]) => item(code, `<value xsi:type="PQ" value="${value}" unit="10*9/L"/>`));
  return documentOf({ ids, header: header.join(''), body: studies(...items) })
    .replace('extension="D1"', `extension="${number(place)}"`).replace('20250401120000', time).replace('>李强<', `>${round}<`).replace('"K1"', `"K-${round}"`);
}

describe.each(STORES)('versions of a shared document on $name', ({ uri }) => {
  let server: IntakeServer;
  beforeAll(async () => { server = await startIntakeServer({ uri }); });
  afterAll(() => server.stop());

  const push = async (body: string): Promise<void> => {
    const answer = await server.push('hospital-d', body, XML);
    expect([answer.status, answer.text]).toEqual([200, expect.anything()]);
  };
  const all = async (query: string): Promise<Parsed[]> => ((await server.fhir('GET', `/${query}`)).body.entry ?? []).map(({ resource }: Parsed) => resource);

  /** What the exchange says of one patient: documents and what they replace, results that hold, and reports that hold. */
  async function stateOf(round: string): Promise<object> {
    const of = `patient.identifier=https://bund.example/sources/hospital-d/patient-number|${round}`;
    const documents = await all(`DocumentReference?${of}`);
    const numbers = new Map(documents.map(({ id, masterIdentifier }) => [`DocumentReference/${id}`, masterIdentifier.value]));
    const holds = ({ status }: Parsed): boolean => status !== 'entered-in-error';
    return {
      documents: Object.fromEntries(documents.map(({ masterIdentifier, status }) => [masterIdentifier.value, status])),
      replaced: Object.fromEntries(documents.flatMap(({ masterIdentifier, relatesTo = [] }) => relatesTo.map(({ target }: Parsed) => [masterIdentifier.value, numbers.get(target.reference)]))),
      results: Object.fromEntries((await all(`Observation?${of}`)).filter(holds).map(({ code, valueQuantity }) => [code.coding[0].code, valueQuantity.value])),
      reports: (await all(`DiagnosticReport?${of}`)).filter(holds).map(({ result }) => result.length),
    };
  }

  let rounds = 0;
  const feeds = fc.record({
    naming: fc.constantFrom<Naming>('by replacing the one before', 'by the number of the set', 'by a set called like the first', 'by a number alone, under one id'),
    clock: fc.constantFrom<Clock>('later each time', 'the day alone', 'earlier each time'),
    isNumbered: fc.boolean(),
  });

  it('end in the same state whatever their order and however often they come', async () => {
    await fc.assert(fc.asyncProperty(feeds, fc.array(fc.nat(2), { maxLength: 3 }), fc.shuffledSubarray([0, 1, 2], { minLength: 3 }), async (feed, before, order) => {
      const round = `V${rounds++}`;
      // Who tells no more than what a version replaces, and not when, has its first two only.
      const places = [...before, ...order].map((place) => place + 1).filter((place) => place < 3 || feed.naming !== 'by replacing the one before' || feed.clock === 'later each time');
      const last = Math.max(...places);
      for (const [sent, place] of places.entries()) await push(`${versionOf(round, place, feed)}${'\n'.repeat(sent)}`);
      const isOne = feed.naming === 'by a number alone, under one id';
      const numbers = Array.from({ length: isOne ? 1 : last }, (_, at) => `${round}-${at + 1}`);
      expect(await stateOf(round)).toEqual({
        documents: Object.fromEntries(numbers.map((number, at) => [number, at + 1 === numbers.length ? 'current' : 'superseded'])),
        replaced: feed.naming === 'by replacing the one before' ? Object.fromEntries(numbers.slice(1).map((number, at) => [number, numbers[at]])) : {},
        results: Object.fromEntries(Object.entries(CONTENTS[last - 1] ?? {}).map(([code, value]) => [code, Number(value)])),
        reports: [Object.keys(CONTENTS[last - 1] ?? {}).length],
      });
    }), { numRuns: uri === undefined ? 40 : 12 });
  });

  it('at the same moment end so too', async () => {
    const feed: Feed = { naming: 'by replacing the one before', clock: 'later each time', isNumbered: false };
    await Promise.all([1, 2, 3].map((place) => push(versionOf('VX', place, feed))));
    expect(await stateOf('VX')).toMatchObject({ documents: { 'VX-1': 'superseded', 'VX-2': 'superseded', 'VX-3': 'current' }, results: { WBC: 5.3, PLT: 210 }, reports: [2] });
  });

  it('leave alone what another message has told since', async () => {
    const feed: Feed = { naming: 'by replacing the one before', clock: 'later each time', isNumbered: true };
    await push(versionOf('VY', 1, feed));
    // The same report once more, under another document.
    await push(versionOf('VY', 1, feed).replace('extension="VY-1"', 'extension="VY-9"').replace('20250401110000', '20250401113000'));
    await push(versionOf('VY', 2, feed));
    expect(await stateOf('VY')).toMatchObject({ results: { WBC: 5.2, HGB: 131 }, documents: { 'VY-1': 'superseded', 'VY-2': 'current', 'VY-9': 'current' } });
  });

  it('say in the trace of what became of a result which message ended it', async () => {
    const feed: Feed = { naming: 'by replacing the one before', clock: 'later each time', isNumbered: true };
    await push(versionOf('VZ', 1, feed));
    await push(versionOf('VZ', 2, feed));
    const [ended] = (await all('Observation?patient.identifier=https://bund.example/sources/hospital-d/patient-number|VZ')).filter(({ status }) => status === 'entered-in-error');
    expect(ended).toMatchObject({ meta: { versionId: '2' }, code: { coding: [{ code: 'HGB' }] }, valueQuantity: { value: 131 } });
    expect(await all(`Provenance?target=Observation/${ended?.id}`)).toHaveLength(2);
  });
});
