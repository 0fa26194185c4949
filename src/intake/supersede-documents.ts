import { parseKnownJson } from '../fhir/json.ts';
import type { JsonObject, Resource } from '../fhir/resource.ts';
import { isList, isObject, isResource, textOf } from '../fhir/resource.ts';
import type { Clause, TokenMatch } from '../fhir/search/query.ts';
import { NO_ENTRY } from '../normalize/index.ts';
import type { Services } from '../services.ts';
import { searchAll } from '../store/search-all.ts';
import type { Assumption, Change } from '../store/store.ts';
import type { EntryResult } from './plan-entries.ts';
import type { PreparedEntry } from './prepare-message.ts';

const TYPE = 'DocumentReference';

/** What a message's documents mean for each other and for those that are stored. */
export interface DocumentsSuperseded {
  /** The entries, with those `superseded` that another document replaces. */
  readonly entries: readonly PreparedEntry[];
  /** Writes of stored documents that one of the entries replaces. */
  readonly changes: readonly Change[];
  readonly results: readonly EntryResult[];
  readonly assuming: readonly Assumption[];
}

/** A document by what others name it: its logical id, and its identifiers. */
interface Named { readonly id: string; readonly source: string; readonly identifiers: readonly TokenMatch[]; readonly resource: Resource }

/**
 * Of two documents of which one replaces the other, the older must not be shown as current, whichever came first. A source
 * replaces its own documents only.
 *
 * @see https://hl7.org/fhir/R4/documentreference-definitions.html#DocumentReference.status
 */
export async function supersedeDocuments(services: Services, entries: readonly PreparedEntry[]): Promise<DocumentsSuperseded> {
  const sent = entries.flatMap(({ resource }) => (resource.resourceType === TYPE ? [namedOf(services, resource, resource.id)] : []));
  if (sent.length === 0) return { entries, changes: [], results: [], assuming: [] };
  const newer = await findDocuments(services, replacing(sent));
  const older = await findDocuments(services, replacedBy(services, sent));
  const isReplaced = (document: Named): boolean => isCurrent(document) && [...sent, ...newer.found].some((other) => replaces(services, other, document));
  const inMessage = new Set(sent.map(({ id }) => id));
  const ended = older.found.filter((document) => !inMessage.has(document.id) && isReplaced(document));
  const endedHere = new Set(sent.filter(isReplaced).map(({ id }) => id));
  return {
    entries: entries.map((entry) => (entry.resource.resourceType === TYPE && endedHere.has(entry.resource.id) ? { ...entry, resource: { ...entry.resource, status: 'superseded' } } : entry)),
    changes: ended.map(({ id, resource, version }) => ({ kind: 'put', resource: { ...resource, id, status: 'superseded' }, expectedVersion: version })),
    // They belong to no entry, and their new version has its Provenance all the same.
    results: ended.map(({ id, version }) => ({ index: NO_ENTRY, key: { type: TYPE, id }, outcome: 'updated', version: version + 1 })),
    assuming: [...newer.assuming, ...older.assuming],
  };
}

function isCurrent({ resource }: Named): boolean {
  return resource['status'] === 'current';
}

function replaces(services: Services, newer: Named, older: Named): boolean {
  if (newer.id === older.id || newer.source !== older.source || newer.resource['status'] === 'entered-in-error') return false;
  return targetsOf(newer.resource).some(({ reference, identifier }) => {
    if (reference !== '') return reference === `${TYPE}/${older.id}`;
    const named = tokenOf(services, identifier);
    return named !== undefined && older.identifiers.some(({ system, code }) => system === named.system && code === named.code);
  });
}

/** Documents that may replace one of those sent. */
function replacing(sent: readonly Named[]): readonly Clause[] {
  const identifiers = sent.flatMap((document) => document.identifiers);
  const byId: Clause = { kind: 'reference', param: 'relatesto', anyOf: sent.map(({ id }) => ({ type: TYPE, id })) };
  return identifiers.length === 0 ? [byId] : [byId, { kind: 'token', param: 'relatesto:identifier', anyOf: identifiers }];
}

/** Documents that those sent may replace. */
function replacedBy(services: Services, sent: readonly Named[]): readonly Clause[] {
  const targets = sent.flatMap(({ resource }) => targetsOf(resource));
  const ids = targets.flatMap(({ reference }) => (reference.startsWith(`${TYPE}/`) ? [reference.slice(TYPE.length + 1)] : []));
  const identifiers = targets.flatMap(({ reference, identifier }) => (reference === '' ? tokenOf(services, identifier) ?? [] : []));
  return [
    ...(ids.length === 0 ? [] : [{ kind: 'id', anyOf: ids } as const]),
    ...(identifiers.length === 0 ? [] : [{ kind: 'token', param: 'identifier', anyOf: identifiers } as const]),
  ];
}

/** All documents for which one of the clauses holds, each asked by itself since an alternative has no index, and that these are all. */
async function findDocuments(services: Services, clauses: readonly Clause[]): Promise<{ readonly found: readonly (Named & { readonly version: number })[]; readonly assuming: readonly Assumption[] }> {
  const answers = await Promise.all(clauses.map(async (clause) => ({ clause, stored: await searchAll(services.store, { type: TYPE, where: [clause] }) })));
  const found = new Map(answers.flatMap(({ stored }) => stored.flatMap(({ id, body, version }) => {
    const resource = parseKnownJson(body);
    return isResource(resource) ? [[id, { ...namedOf(services, resource, id), version }] as const] : [];
  })));
  return { found: [...found.values()], assuming: answers.map(({ clause, stored }) => ({ type: TYPE, where: [clause], ids: stored.map(({ id }) => id) })) };
}

function namedOf(services: Services, resource: Resource, id: string): Named {
  const identifiers = [resource['masterIdentifier'], ...(isList(resource['identifier']) ? resource['identifier'] : [])];
  return { id, source: textOf(resource.meta?.['source']), identifiers: identifiers.flatMap((identifier) => tokenOf(services, identifier) ?? []), resource };
}

interface Target { readonly reference: string; readonly identifier: JsonObject | undefined }

function targetsOf(resource: Resource): readonly Target[] {
  const relations = isList(resource['relatesTo']) ? resource['relatesTo'] : [];
  return relations.flatMap((relation) => {
    const target = isObject(relation) && relation['code'] === 'replaces' ? relation['target'] : undefined;
    return isObject(target) ? [{ reference: textOf(target['reference']), identifier: isObject(target['identifier']) ? target['identifier'] : undefined }] : [];
  });
}

/** An identifier as the index has it. */
function tokenOf({ fhir }: Pick<Services, 'fhir'>, identifier: unknown): Required<TokenMatch> | undefined {
  if (!isObject(identifier) || typeof identifier['value'] !== 'string') return undefined;
  const system = textOf(identifier['system']);
  return { system: fhir.definitions.preferredSystems.get(system) ?? system, code: identifier['value'] };
}
