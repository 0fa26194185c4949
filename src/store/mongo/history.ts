import { ServiceError } from '../../errors.ts';
import { referenceTo } from '../../fhir/resource.ts';
import type { ResourceKey } from '../../fhir/resource.ts';
import type { HistoryQuery, Page, Stored } from '../store.ts';
import { tickOf } from './clock.ts';
import { storedOf, versionId } from './documents.ts';
import type { Collections, ResourceDocument, VersionDocument } from './documents.ts';
import { pageToken, readPageToken } from './page-token.ts';
import { isKey } from './prepare.ts';

type Entry = Pick<VersionDocument, '_id' | 'version' | 'at' | 'tick' | 'body'>;

/** A trace has one version, which is the trace itself; every other version has its document. Both are ordered by tick. */
export async function history(collections: Collections, query: HistoryQuery): Promise<Page> {
  const question = JSON.stringify(['history', query.type, query.id, query.since]);
  const [before] = query.after === undefined ? [] : readPageToken(question, query.after);
  const ticks = { ...(typeof before === 'number' ? { $lt: before } : {}), ...(query.since === undefined ? {} : { $gte: tickOf(instant(query.since)) }) };
  const found = [...await versionsOf(collections, query, ticks), ...await tracesOf(collections, query, ticks)].sort((a, b) => b.tick - a.tick);
  const shown = found.slice(0, query.limit);
  const last = shown.at(-1);
  return { items: shown.map((document) => storedOf(document)), ...(found.length > query.limit && last !== undefined ? { next: pageToken(question, [last.tick]) } : {}) };
}

export async function readVersion({ versions, resources }: Collections, key: ResourceKey, version: number): Promise<Stored | undefined> {
  if (!isKey(key) || !Number.isSafeInteger(version) || version < 1) return undefined;
  const found = await versions.findOne({ _id: versionId(referenceTo(key), version) })
    ?? (version === 1 ? await resources.findOne({ _id: referenceTo(key), 'trace.seq': { $exists: true } }, { projection: { version: 1, at: 1, body: 1 } }) : null);
  return found === null ? undefined : storedOf(found);
}

function ofTypes(type: string | undefined, types: readonly string[] | undefined): { type?: string | { $in: string[] } } {
  if (type !== undefined) return { type };
  return types === undefined ? {} : { type: { $in: [...types] } };
}

interface Ticks { readonly $lt?: number; readonly $gte?: number }

async function versionsOf({ versions }: Collections, { type, types, id, limit }: HistoryQuery, ticks: Ticks): Promise<Entry[]> {
  // '0' follows '/': the range holds the versions of this id and of no longer one.
  const ofOne = type !== undefined && id !== undefined ? { _id: { $gt: `${referenceTo({ type, id })}/`, $lt: `${referenceTo({ type, id })}0` } } : {};
  return versions.find({ ...ofOne, ...ofTypes(type, types), ...where('tick', ticks) }).sort({ tick: -1 }).limit(limit + 1).toArray();
}

async function tracesOf({ resources }: Collections, { type, id, limit }: HistoryQuery, ticks: Ticks): Promise<Entry[]> {
  if (type === undefined) return [];
  const found = await resources.find<ResourceDocument>(
    { 'trace.type': type, ...(id === undefined ? {} : { _id: referenceTo({ type, id }) }), ...where('trace.tick', ticks) },
    { projection: { version: 1, at: 1, created: 1, body: 1 } },
  ).sort({ 'trace.tick': -1 }).limit(limit + 1).toArray();
  return found.map(({ created, ...rest }) => ({ ...rest, tick: created }));
}

function where(field: string, ticks: Ticks): Record<string, Ticks> {
  return Object.keys(ticks).length === 0 ? {} : { [field]: ticks };
}

function instant(text: string): number {
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new ServiceError('malformed', 'The instant from which history is asked for is not a date');
  return at;
}
