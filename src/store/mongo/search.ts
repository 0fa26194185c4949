import type { mongo } from 'mongoose';
import { referenceTo } from '../../fhir/resource.ts';
import { clinicalDateParam } from '../../fhir/search/clinical-date.ts';
import { MAX_PAGE_SIZE } from '../../fhir/search/query.ts';
import type { SearchQuery, Sort } from '../../fhir/search/query.ts';
import { ServiceError } from '../../errors.ts';
import type { Assumption, Page } from '../store.ts';
import { allOf } from './clauses.ts';
import type { Condition } from './clauses.ts';
import { storedOf } from './documents.ts';
import type { Collections, ResourceDocument } from './documents.ts';
import { matching } from './matching.ts';
import { pageToken, readPageToken } from './page-token.ts';
import type { PageKey } from './page-token.ts';

/** One key of the order: a field of the document. Where it is missing comes last. */
interface OrderKey { readonly field: string; readonly descending: boolean }

type Found = Pick<ResourceDocument, '_id' | 'version' | 'at' | 'body'> & { readonly keys: readonly PageKey[] };

export async function search(collections: Collections, query: SearchQuery): Promise<Page> {
  if (!Number.isInteger(query.limit) || query.limit < 1 || query.limit > MAX_PAGE_SIZE) throw new ServiceError('malformed', `A page holds 1 to ${MAX_PAGE_SIZE} resources`);
  const question = JSON.stringify(['search', query.type, query.sort]);
  const order = orderOf(query);
  const after = query.after === undefined ? [] : [behind(order, readPageToken(question, query.after))];
  const { plain, related } = matching(collections, query.type, query.where);
  const found = await collections.resources.aggregate<Found>([
    { $match: allOf([...plain, ...after]) },
    ...sorted(order),
    ...related,
    { $limit: query.limit + 1 },
    { $project: { version: 1, at: 1, body: 1, keys: order.map(({ field }) => ({ $ifNull: [`$${field}`, null] })) } },
  ]).toArray();
  const shown = found.slice(0, query.limit);
  const last = shown.at(-1);
  return { items: shown.map((document) => storedOf(document)), ...(found.length > query.limit && last !== undefined ? { next: pageToken(question, last.keys) } : {}) };
}

export async function count(collections: Collections, query: Pick<SearchQuery, 'type' | 'where'>): Promise<number> {
  const { plain, related } = matching(collections, query.type, query.where);
  const [answer] = await collections.resources.aggregate<{ n: number }>([{ $match: allOf(plain) }, ...related, { $count: 'n' }]).toArray();
  return answer?.n ?? 0;
}

/** Whether exactly the assumed resources match, as the transaction sees it. */
export async function holds(collections: Collections, assumption: Assumption, session: mongo.ClientSession): Promise<boolean> {
  const { plain, related } = matching(collections, assumption.type, assumption.where);
  const stages = [{ $match: allOf(plain) }, ...related, { $limit: assumption.ids.length + 1 }, { $project: { _id: 1 } }];
  const found = await collections.resources.aggregate<{ _id: string }>(stages, { session }).toArray();
  const assumed = new Set(assumption.ids.map((id) => referenceTo({ type: assumption.type, id })));
  return found.length === assumed.size && found.every(({ _id }) => assumed.has(_id));
}

/** Ends with the moment of creation, which no two resources share and no write changes. A field that comes again decides nothing more. */
function orderOf(query: SearchQuery): readonly OrderKey[] {
  const keys = [...query.sort.map((sort) => ({ field: fieldOf(sort, query.type), descending: sort.descending })), { field: 'created', descending: true }];
  return keys.filter(({ field }, i) => keys.findIndex((key) => key.field === field) === i);
}

function fieldOf(sort: Sort, type: string): string {
  if (sort.of === 'id') return '_id';
  if (sort.of === 'lastUpdated') return 'at';
  // The latest start of the main date: the same value, and the indexes of a patient's record end with it.
  if (sort.descending && sort.of === 'date' && sort.param === clinicalDateParam(type)) return 'clinical';
  return `${sort.descending ? 'greatest' : 'least'}.${sort.of}.${sort.param}`;
}

/** MongoDB takes a missing field for the least value: right when descending, so only an ascending key needs to be told. */
function sorted(order: readonly OrderKey[]): Condition[] {
  const keys: [string, unknown][] = [];
  const flags: [string, unknown][] = [];
  for (const [i, { field, descending }] of order.entries()) {
    if (!descending && field !== '_id' && field !== 'at') {
      flags.push([`missing${i}`, { $eq: [{ $ifNull: [`$${field}`, null] }, null] }]);
      keys.push([`missing${i}`, 1]);
    }
    keys.push([field, descending ? -1 : 1]);
  }
  return [...(flags.length === 0 ? [] : [{ $set: Object.fromEntries(flags) }]), { $sort: Object.fromEntries(keys) }];
}

/** Everything that comes after these keys: equal up to one of them, and behind it there. */
function behind(order: readonly OrderKey[], keys: readonly PageKey[]): Condition {
  const alternatives: Condition[] = [];
  let equal: Condition[] = [];
  for (const [i, { field, descending }] of order.entries()) {
    const key = keys[i] ?? null;
    if (key !== null) alternatives.push({ $and: [...equal, { $or: [{ [field]: { [descending ? '$lt' : '$gt']: key } }, { [field]: null }] }] });
    equal = [...equal, { [field]: key }];
  }
  return { $or: alternatives };
}

