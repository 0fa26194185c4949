/** Random terms, clauses and sorts over a small vocabulary, so that they often meet. */
import fc from 'fast-check';
import type { Clause, Prefix, Sort } from '../../src/fhir/search/query.ts';
import type { Terms } from './samples.ts';

export const TYPES = ['Patient', 'Observation', 'Organization'] as const;
const type = fc.constantFrom(...TYPES);
const param = fc.constantFrom('a', 'b', 'patient', 'subject', 'code', 'date');
const word = fc.constantFrom('', 'x', 'xy', 'y', 'é', '😀', 'http://u/x', 'http://u/x/y', '%', '_');
const id = fc.integer({ min: 0, max: 7 }).map((n) => `r${n}`);
const number = fc.integer({ min: -3, max: 3 });
const range = fc.tuple(number, fc.constantFrom(0, 0, 1, 5)).map(([low, width]) => ({ low, high: low + width }));
const prefix = fc.constantFrom<Prefix[]>('eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap');
const few = <T>(item: fc.Arbitrary<T>, maxLength = 3) => fc.array(item, { maxLength });

export const anyKey = fc.record({ type, id });

export const anyTerms: fc.Arbitrary<Terms> = fc.record({
  token: few(fc.record({ param, system: word, code: word })),
  string: few(fc.record({ param, folded: word, exact: word })),
  reference: few(fc.oneof(fc.record({ param, type, id, url: fc.constant('') }), fc.record({ param, type: fc.constant(''), id: fc.constant(''), url: fc.constantFrom('urn:x', 'r1') }))),
  date: few(fc.record({ param, range }).map(({ param: name, range: { low, high } }) => ({ param: name, start: low, end: high }))),
  number: few(fc.record({ param, range }).map(({ param: name, range: both }) => ({ param: name, ...both }))),
  quantity: few(fc.record({ param, range, system: word, code: word }).map(({ range: both, ...rest }) => ({ ...rest, ...both }))),
  uri: few(fc.record({ param, value: word })),
});

const match = fc.record({ prefix, range }).map(({ prefix: name, range: both }) => ({ prefix: name, ...both }));
const negate = fc.boolean();
const some = <T>(item: fc.Arbitrary<T>) => fc.array(item, { minLength: 1, maxLength: 3 });
/** A record whose named members may be absent. */
const partly = { requiredKeys: [] };

const flat: fc.Arbitrary<Clause>[] = [
  fc.record({ kind: fc.constant('token' as const), param, anyOf: some(fc.record({ system: word, code: word }, partly)), negate }),
  fc.record({ kind: fc.constant('string' as const), param, match: fc.constantFrom('starts' as const, 'contains' as const, 'exact' as const), anyOf: some(word) }),
  fc.record({ kind: fc.constant('reference' as const), param, anyOf: some(fc.oneof(fc.record({ type, id }), fc.record({ id }), fc.record({ url: fc.constantFrom('urn:x', 'r1') }))), negate }),
  fc.record({ kind: fc.constant('date' as const), param, anyOf: some(match) }),
  fc.record({ kind: fc.constant('number' as const), param, anyOf: some(match) }),
  fc.record({ kind: fc.constant('quantity' as const), param, anyOf: some(fc.tuple(match, fc.record({ system: word, code: word }, partly)).map(([a, b]) => ({ ...a, ...b }))) }),
  fc.record({ kind: fc.constant('uri' as const), param, match: fc.constantFrom('exact' as const, 'below' as const, 'above' as const), anyOf: some(word), negate }),
  fc.record({ kind: fc.constant('missing' as const), param, of: fc.constantFrom('token' as const, 'string' as const, 'reference' as const, 'date' as const, 'number' as const, 'quantity' as const, 'uri' as const), isMissing: fc.boolean() }),
  fc.record({ kind: fc.constant('id' as const), anyOf: some(id), negate }),
];

export const anyClause: fc.Arbitrary<Clause> = fc.letrec<{ clause: Clause }>((tie) => ({
  clause: fc.oneof(
    { depthSize: 'small', maxDepth: 2, withCrossShrink: true },
    ...flat,
    fc.record({ kind: fc.constant('chain' as const), param, type, where: few(tie('clause'), 2) }),
    fc.record({ kind: fc.constant('has' as const), type, param, where: few(tie('clause'), 2) }),
    fc.record({ kind: fc.constant('or' as const), clauses: few(tie('clause')) }),
  ),
})).clause;

const of = fc.constantFrom<Sort['of'][]>('date', 'date', 'string', 'token', 'number', 'quantity', 'reference', 'uri', 'id', 'lastUpdated');
export const anySort: fc.Arbitrary<Sort> = fc.record({ param, of, descending: fc.boolean() });

export const anyQuery = fc.record({ type, where: few(anyClause), sort: few(anySort, 2), limit: fc.integer({ min: 1, max: 5 }) });
