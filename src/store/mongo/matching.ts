import type { Clause } from '../../fhir/search/query.ts';
import { allOf, conditionOf } from './clauses.ts';
import type { Condition } from './clauses.ts';
import type { Collections } from './documents.ts';
import { homesOf } from './home.ts';
import { entry, recordEntry } from './index-terms.ts';

type RelationClause = Extract<Clause, { kind: 'chain' | 'has' }>;
type TokenClause = Extract<Clause, { kind: 'token' }>;

/** A search in two parts: conditions that indexes serve, then stages that look at other resources, one candidate at a time. */
export interface Matching { readonly plain: readonly Condition[]; readonly related: readonly Condition[] }

/** Beyond this many pairs of patient and code, one look at the patients' whole records is cheaper. */
const MOST_RECORD_ENTRIES = 200;

export function matching(collections: Collections, type: string, where: readonly Clause[]): Matching {
  const lookups: Condition[] = [];
  const afterwards: Condition[] = [];
  const record = recordOf(type, where);
  const plain: Condition[] = [{ type }, ...(record?.conditions ?? [])];
  for (const clause of where) {
    if (record?.answered.has(clause) === true) continue;
    const before = lookups.length;
    const condition = conditionOf(clause, type, (relation) => relate(collections, relation, lookups));
    (lookups.length === before ? plain : afterwards).push(condition);
  }
  if (record !== undefined && collections.sharded) plain.push({ home: { $in: homesOf(type, record.patients) } });
  return { plain, related: afterwards.length === 0 ? [] : [...lookups, { $match: allOf(afterwards) }] };
}

/**
 * Adds the stages that fetch, for each candidate, whether a related resource exists. The partner is found by an index on each
 * side, so that "patients known at this hospital" asks about the candidates and never lists the hospital's patients.
 */
function relate(collections: Collections, clause: RelationClause, lookups: Condition[]): Condition {
  const key = `key${lookups.length}`;
  const found = `found${lookups.length}`;
  const { plain, related } = matching(collections, clause.type, clause.where);
  const self = { $concat: [entry(clause.param, ''), { $arrayElemAt: [{ $split: ['$_id', '/'] }, 1] }, entry('', ''), '$type'] };
  lookups.push({ $set: { [key]: clause.kind === 'has' ? self : referredIds(clause) } }, {
    $lookup: {
      from: collections.resources.collectionName,
      localField: key,
      foreignField: clause.kind === 'has' ? 'terms.reference' : '_id',
      pipeline: [{ $match: allOf(plain) }, ...related, { $limit: 1 }, { $project: { _id: 1 } }],
      as: found,
    },
  });
  return { [`${found}.0`]: { $exists: true } };
}

/** `Patient/p1` of each entry `param, p1, Patient`. */
function referredIds(clause: RelationClause): Condition {
  const parts = { $map: { input: { $ifNull: ['$terms.reference', []] }, in: { $split: ['$$this', entry('', '')] } } };
  const part = (i: number) => ({ $arrayElemAt: ['$$this', i] });
  const chosen = { $filter: { input: parts, cond: { $and: [{ $eq: [part(0), clause.param] }, { $eq: [part(2), clause.type] }] } } };
  return { $map: { input: chosen, in: { $concat: [part(2), '/', part(1)] } } };
}

interface RecordSearch { readonly patients: readonly string[]; readonly conditions: readonly Condition[]; readonly answered: ReadonlySet<Clause> }

/** A search within patients' records: the clauses that the indexes led by the patient answer, and how. */
function recordOf(type: string, where: readonly Clause[]): RecordSearch | undefined {
  for (const clause of where) {
    const patients = patientsOf(clause, type);
    if (patients === undefined) continue;
    const tokens = where.filter((other): other is TokenClause => other.kind === 'token' && other.negate !== true).flatMap((token) => {
      const entries = recordEntries(token, patients);
      return entries === undefined ? [] : [{ token, condition: { record: { $in: entries } } }];
    });
    const conditions = tokens.length === 0 ? [{ patients: { $in: patients } }] : tokens.map(({ condition }) => condition);
    return { patients, conditions, answered: new Set<Clause>([clause, ...tokens.map(({ token }) => token)]) };
  }
  return undefined;
}

/** The patients of whom the resource must be one's, when the clause says just that. */
function patientsOf(clause: Clause, type: string): readonly string[] | undefined {
  if (clause.kind !== 'reference' || clause.param !== 'patient' || clause.negate === true || type === 'Patient') return undefined;
  const ids = clause.anyOf.flatMap((match) => ('id' in match && match.type === 'Patient' ? [match.id] : []));
  return ids.length > 0 && ids.length === clause.anyOf.length ? ids : undefined;
}

/** Each patient with each token, undefined where a token is not named in full or there are too many. */
function recordEntries(clause: TokenClause, patients: readonly string[]): readonly string[] | undefined {
  if (clause.anyOf.length * patients.length > MOST_RECORD_ENTRIES) return undefined;
  const tokens = clause.anyOf.flatMap(({ system, code }) => (system === undefined || code === undefined ? [] : [entry(clause.param, code, system)]));
  if (tokens.length === 0 || tokens.length < clause.anyOf.length) return undefined;
  return patients.flatMap((patient) => tokens.map((token) => recordEntry(patient, token)));
}
