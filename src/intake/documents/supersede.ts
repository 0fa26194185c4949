import type { JsonObject, JsonValue, Resource } from '../../fhir/resource.ts';
import { isList, isObject, referenceTo } from '../../fhir/resource.ts';
import type { Services } from '../../services.ts';
import type { Consequences, Rewrite } from '../consequences.ts';
import { consequencesOf } from '../consequences.ts';
import { parseSaid, withSaid } from '../facts.ts';
import type { PreparedEntry } from '../prepare-message.ts';
import type { DocumentVersions, NamedDocument, StoredDocument } from './find-versions.ts';
import { DOCUMENT, isNamedBy, replaces } from './find-versions.ts';

/**
 * Of two documents of which one replaces the other, the older must not be shown as current, whichever came first; and a
 * document that named another before it came leads to it now. One whose status messages tell apart from the rest is current
 * again where what replaced it turns out to be in error.
 *
 * @see https://hl7.org/fhir/R4/documentreference-definitions.html#DocumentReference.status
 */
export function supersedeDocuments(services: Services, entries: readonly PreparedEntry[], { sent, older, newer, naming, spared, rivals }: DocumentVersions): Consequences {
  const inMessage = new Set(sent.map(({ id }) => id));
  const isElsewhere = ({ id }: StoredDocument): boolean => !inMessage.has(id);
  const replacing = [...sent, ...[...newer, ...rivals].filter(isElsewhere)];
  const shownStatus = (document: NamedDocument, said: JsonValue | undefined): JsonValue | undefined =>
    said === CURRENT && replacing.some((other) => other.id !== document.id && replaces(services, other, document)) ? SUPERSEDED : said;
  const endedHere = new Set(sent.filter((document) => shownStatus(document, document.resource['status']) !== document.resource['status']).map(({ id }) => id));
  // Of those that only name another it is not known here what replaces them.
  const judged = new Set([...older, ...spared].map(({ id }) => id));
  const stored = new Map([...older, ...naming, ...spared].filter(isElsewhere).map((document) => [document.id, document]));
  const changed = [...stored.values()].flatMap((document): Rewrite[] => {
    const led = withReferences(services, document, sent);
    const status = judged.has(document.id) ? shownStatus(document, saidStatus(document)) : undefined;
    const resource = status === undefined || status === led['status'] ? led : { ...led, status };
    return resource === document.resource ? [] : [{ stored: { type: DOCUMENT, id: document.id, version: document.version }, resource, ...besideOf(document, resource) }];
  });
  return consequencesOf(entries.map((entry) => (entry.resource.resourceType === DOCUMENT && endedHere.has(entry.resource.id) ? superseded(entry) : entry)), changed);
}

const CURRENT = 'current';
/** Status of a document that another one replaces. */
export const SUPERSEDED = 'superseded';

/** What messages say of it, where that is known apart from what it shows. */
function saidStatus({ resource, note }: StoredDocument): JsonValue | undefined {
  const { status } = resource;
  return (note === undefined || status !== SUPERSEDED ? undefined : parseSaid(note)['status']) ?? status;
}

function superseded(entry: PreparedEntry): PreparedEntry {
  const { resource, note } = entry;
  return { ...entry, resource: { ...resource, status: SUPERSEDED }, ...(note === undefined ? {} : { note: { ...note, text: withSaid(note.text, { ...parseSaid(note.text), status: CURRENT }) } }) };
}

/** The note remembers what was said, so that it can hold again. */
function besideOf({ resource: { status: before }, note }: StoredDocument, { status }: Resource): Pick<Rewrite, 'beside'> {
  if (note === undefined || status === before) return {};
  const { status: _said, ...others } = parseSaid(note);
  return { beside: { note: { replaces: note, text: withSaid(note, status === SUPERSEDED ? { ...others, status: CURRENT } : others) } } };
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
