import type { JsonObject, JsonValue, Resource } from '../../fhir/resource.ts';
import { isList, isObject, referenceTo } from '../../fhir/resource.ts';
import { NO_ENTRY } from '../../normalize/index.ts';
import type { Services } from '../../services.ts';
import type { Change } from '../../store/store.ts';
import type { EntryResult } from '../plan-entries.ts';
import type { PreparedEntry } from '../prepare-message.ts';
import type { DocumentVersions, NamedDocument, StoredDocument } from './find-versions.ts';
import { DOCUMENT, isNamedBy, replaces } from './find-versions.ts';

/** What a message's documents mean for each other and for those that are stored. */
export interface DocumentsSuperseded {
  /** The entries, with those `superseded` that another document replaces. */
  readonly entries: readonly PreparedEntry[];
  /** Writes of stored documents that one of the entries replaces, or that name one of them by its number. */
  readonly changes: readonly Change[];
  readonly results: readonly EntryResult[];
}

/**
 * Of two documents of which one replaces the other, the older must not be shown as current, whichever came first; and a
 * document that named another before it came leads to it now.
 *
 * @see https://hl7.org/fhir/R4/documentreference-definitions.html#DocumentReference.status
 */
export function supersedeDocuments(services: Services, entries: readonly PreparedEntry[], { sent, older, newer, naming }: DocumentVersions): DocumentsSuperseded {
  const inMessage = new Set(sent.map(({ id }) => id));
  const isReplaced = (document: NamedDocument): boolean => isCurrent(document) && [...sent, ...newer].some((other) => other.id !== document.id && replaces(services, other, document));
  const endedHere = new Set(sent.filter(isReplaced).map(({ id }) => id));
  const stored = new Map([...older, ...naming].filter(({ id }) => !inMessage.has(id)).map((document) => [document.id, document]));
  const changed = [...stored.values()].flatMap((document) => {
    const led = withReferences(services, document, sent);
    const resource = isReplaced(document) ? { ...led, status: 'superseded' } : led;
    return resource === document.resource ? [] : [{ document, resource }];
  });
  return {
    entries: entries.map((entry) => (entry.resource.resourceType === DOCUMENT && endedHere.has(entry.resource.id) ? { ...entry, resource: { ...entry.resource, status: 'superseded' } } : entry)),
    changes: changed.map(({ document, resource }) => ({ kind: 'put', resource: { ...resource, id: document.id }, expectedVersion: document.version })),
    // They belong to no entry, and their new version has its Provenance all the same.
    results: changed.map(({ document: { id, version } }) => ({ index: NO_ENTRY, key: { type: DOCUMENT, id }, outcome: 'updated', version: version + 1 })),
  };
}

function isCurrent({ resource }: NamedDocument): boolean {
  return resource['status'] === 'current';
}

/** @returns the same resource where it names none of them by number alone */
function withReferences(services: Services, { resource, source }: StoredDocument, sent: readonly NamedDocument[]): Resource {
  const relations = resource['relatesTo'];
  if (!isList(relations)) return resource;
  const led = relations.map((relation): JsonValue => {
    const target = isObject(relation) ? relation['target'] : undefined;
    const named = isObject(target) && target['reference'] === undefined ? sent.find((document) => document.source === source && isNamedBy(services, target, document)) : undefined;
    return named === undefined || !isObject(relation) || !isObject(target) ? relation : { ...relation, target: leadingTo(named, target) };
  });
  return led.every((relation, at) => relation === relations[at]) ? resource : { ...resource, relatesTo: led };
}

function leadingTo({ id }: NamedDocument, target: JsonObject): JsonObject {
  return { reference: referenceTo({ type: DOCUMENT, id }), ...target };
}
