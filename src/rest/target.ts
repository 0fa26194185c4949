import { ServiceError } from '../errors.ts';
import type { Clause } from '../fhir/search/query.ts';
import type { ResourceKey } from '../fhir/resource.ts';
import type { Services } from '../services.ts';
import type { Assumption, Stored } from '../store/store.ts';
import { parseCriteria } from './criteria.ts';
import { expectedVersionOf } from './conditions.ts';
import type { Conditions } from './conditions.ts';
import { refused, requireId } from './incoming.ts';

/** What one write will touch, found out before the write itself is made. */
export interface Target {
  readonly action: 'create' | 'update' | 'delete';
  readonly key: ResourceKey;
  /** Set when nothing is to be written, because it is there already. */
  readonly found?: Stored;
  readonly expectedVersion?: number;
  /** What was seen in the store and must still hold when the write is committed. */
  readonly assuming: readonly Assumption[];
}

/**
 * A create, or with `ifNoneExist` a conditional one.
 * @throws ServiceError 'multiple-matches' when more than one resource matches
 * @see https://hl7.org/fhir/R4/http.html#ccreate
 */
export async function targetOfCreate(services: Services, type: string, ifNoneExist: string | undefined): Promise<Target> {
  const fresh = { action: 'create', key: { type, id: services.newId() } } as const;
  if (ifNoneExist === undefined) return { ...fresh, assuming: [] };
  const { match, assumption } = await findOne(services, type, ifNoneExist);
  if (match === undefined) return { ...fresh, assuming: [assumption] };
  return { action: 'create', key: { type, id: match.id }, found: match, assuming: [assumption] };
}

/** What an update names: an id, or a query. `resourceId` is the id that the resource itself has. */
export interface UpdateAddress { readonly type: string; readonly id?: string; readonly query?: string; readonly resourceId?: string }

/**
 * An update by id, or a conditional one. @see https://hl7.org/fhir/R4/http.html#cond-update
 * @throws ServiceError 'malformed', 'multiple-matches'
 */
export async function targetOfUpdate(services: Services, address: UpdateAddress, conditions: Conditions): Promise<Target> {
  const { type, id, query, resourceId } = address;
  const expected = expecting(conditions);
  if (id !== undefined) {
    requireId(id);
    return { action: 'update', key: { type, id }, assuming: [], ...expected };
  }
  const { match, assumption } = await findOne(services, type, query ?? '');
  if (match !== undefined) {
    if (resourceId !== undefined && resourceId !== match.id) throw refused('malformed', 'value', 'The id of the resource is not that of the resource which the query matches', `${type}.id`);
    return { action: 'update', key: { type, id: match.id }, assuming: [assumption], ...expected };
  }
  requireNoneExpected(type, expected);
  if (resourceId !== undefined) requireId(resourceId);
  // A resource that has the id and does not match the query is somebody else's: it must not be overwritten.
  return { action: 'create', key: { type, id: resourceId ?? services.newId() }, expectedVersion: 0, assuming: [assumption] };
}

/** What a delete names: an id, or a query. */
export interface DeleteAddress { readonly type: string; readonly id?: string; readonly query?: string }

/**
 * A delete by id, or of the one resource that a query matches; undefined when there is nothing to delete.
 * @throws ServiceError 'multiple-matches'; 'version-conflict' when there is nothing, and a version of it was expected
 */
export async function targetOfDelete(services: Services, { type, id, query }: DeleteAddress, conditions: Conditions): Promise<(Target & { readonly current: Stored }) | undefined> {
  const expected = expecting(conditions);
  const { current, assuming } = id === undefined ? await findCurrent(services, type, query ?? '') : { current: await readCurrent(services, { type, id }), assuming: [] };
  if (current !== undefined) return { action: 'delete', key: { type, id: current.id }, current, assuming, ...expected };
  requireNoneExpected(type, expected);
  return undefined;
}

async function readCurrent({ store }: Services, key: ResourceKey): Promise<Stored | undefined> {
  requireId(key.id);
  const current = await store.read(key);
  return current?.deleted === true ? undefined : current;
}

async function findCurrent(services: Services, type: string, query: string): Promise<{ current: Stored | undefined; assuming: readonly Assumption[] }> {
  const { match, assumption } = await findOne(services, type, query);
  return { current: match, assuming: [assumption] };
}

/** What is not there has no version. */
function requireNoneExpected(type: string, { expectedVersion = 0 }: { readonly expectedVersion?: number }): void {
  if (expectedVersion > 0) throw new ServiceError('version-conflict', `There is no such ${type}, so that none has the version that If-Match names`);
}

/**
 * The one resource that a conditional reference or interaction means, and the search as an assumption for the commit.
 * @throws ServiceError 'multiple-matches'; 'not-supported' or 'malformed' for a query that cannot be asked
 */
export async function findOne(services: Services, type: string, query: string): Promise<{ readonly match: Stored | undefined; readonly assumption: Assumption }> {
  const where: readonly Clause[] = parseCriteria(services, type, query);
  const { items } = await services.store.search({ type, where, sort: [], limit: 2 });
  if (items.length > 1) throw new ServiceError('multiple-matches', `More than one ${type} matches the condition; it must name exactly one`);
  return { match: items[0], assumption: { type, where, ids: items.map((item) => item.id) } };
}

function expecting(conditions: Conditions): { expectedVersion?: number } {
  const expectedVersion = expectedVersionOf(conditions);
  return expectedVersion === undefined ? {} : { expectedVersion };
}
