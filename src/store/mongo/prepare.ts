import { hash } from 'node:crypto';
import { mongo } from 'mongoose';
import { bodyTemplate } from '../../fhir/body.ts';
import type { BodyTemplate } from '../../fhir/body.ts';
import { isId, referenceTo } from '../../fhir/resource.ts';
import type { Resource, ResourceKey } from '../../fhir/resource.ts';
import { ServiceError } from '../../errors.ts';
import type { Change, PutBeside, StoreOptions } from '../store.ts';
import { homeOf } from './home.ts';
import { indexedFields } from './index-terms.ts';
import type { IndexedFields } from './index-terms.ts';

/** What a change asks for, with all the work done that needs no database, once for however many attempts. */
export type Prepared = PreparedResource | PreparedDelete;
export interface PreparedResource {
  readonly kind: 'put' | 'append';
  readonly key: string;
  readonly type: string;
  readonly template: BodyTemplate;
  readonly digest: string;
  readonly indexed: IndexedFields;
  readonly home: string;
  readonly expectedVersion: number | undefined;
  readonly beside: PutBeside | undefined;
  readonly bytes: number;
}
export interface PreparedDelete { readonly kind: 'delete'; readonly key: string; readonly type: string; readonly expectedVersion: number | undefined; readonly erases: boolean; readonly bytes: number }

const TYPE = /^[A-Za-z][A-Za-z0-9]{0,63}$/;
/** A BSON document has 16 MiB; the rest of ours takes less than this margin. */
const MOST_BYTES = 16 * 1024 * 1024 - 4096;

/** @throws ServiceError 'malformed' for a key no resource may have, 'too-large', 'conflict' for one key changed twice; whatever `extract` throws */
export function prepare(changes: readonly Change[], extract: StoreOptions['extract']): readonly Prepared[] {
  const prepared = changes.map((change) => prepareOne(change, extract));
  const seen = new Set<string>();
  for (const { key } of prepared) {
    if (seen.has(key)) throw new ServiceError('conflict', `${key} is changed twice in one commit`);
    seen.add(key);
  }
  return prepared;
}

/** True for a key that a resource may have. */
export function isKey({ type, id }: ResourceKey): boolean {
  return TYPE.test(type) && isId(id);
}

function prepareOne(change: Change, extract: StoreOptions['extract']): Prepared {
  if (change.kind === 'append') return prepareResource(change.kind, change.trace, {}, extract);
  if (change.kind === 'put') return prepareResource(change.kind, change.resource, change, extract);
  return { kind: 'delete', key: keyOf(change.key), type: change.key.type, expectedVersion: change.expectedVersion, erases: change.erases ?? false, bytes: 0 };
}

function prepareResource(kind: 'put' | 'append', resource: Resource & { readonly id: string }, { expectedVersion, beside }: Pick<Extract<Change, { kind: 'put' }>, 'expectedVersion' | 'beside'>, extract: StoreOptions['extract']): PreparedResource {
  const { resourceType: type, id } = resource;
  const key = keyOf({ type, id });
  const template = bodyTemplate(resource, id);
  const terms = extract(resource);
  const indexed = indexedFields(terms);
  const bytes = Buffer.byteLength(template.head) + Buffer.byteLength(template.tail) + mongo.BSON.calculateObjectSize(indexed) + Buffer.byteLength(beside?.note?.text ?? '');
  if (bytes > MOST_BYTES) throw new ServiceError('too-large', `${key} with its search terms is larger than the 16 MB that the store takes in one piece`);
  return { kind, key, type, template, digest: hash('sha256', template.head + template.tail), indexed, home: homeOf({ type, id }, terms.patients), expectedVersion, beside, bytes };
}

function keyOf(key: ResourceKey): string {
  if (!isKey(key)) throw new ServiceError('malformed', 'A resource is stored under a type of letters and an id of 1 to 64 letters, digits, - and .');
  return referenceTo(key);
}
