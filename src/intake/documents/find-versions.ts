import { resourceOf } from '../../fhir/body.ts';
import type { JsonObject, JsonValue, Resource } from '../../fhir/resource.ts';
import { isList, isObject, referenceTo, textOf } from '../../fhir/resource.ts';
import type { Clause, TokenMatch } from '../../fhir/search/query.ts';
import { DOCUMENT_VERSION, documentSetSystem, sourceOfUri } from '../../normalize/index.ts';
import type { Services } from '../../services.ts';
import { searchAll } from '../../store/search-all.ts';
import type { Assumption, Stored } from '../../store/store.ts';
import type { PreparedEntry } from '../prepare-message.ts';

export const DOCUMENT = 'DocumentReference';

type Token = Required<TokenMatch>;

/** A document by what others name it, and by where it stands among its versions. */
export interface NamedDocument {
  readonly id: string;
  readonly source: string;
  readonly identifiers: readonly Token[];
  /** What all its versions have in common: what it says so, else its own number, since that of the first is often that of the set. */
  readonly set: Token | undefined;
  /** Which version it is: 0 where it says nothing of versions, undefined where it names a set and no number. */
  readonly number: number | undefined;
  readonly resource: Resource;
}

export interface StoredDocument extends NamedDocument {
  readonly version: number;
  /** Where the message that told it last stands among others. */
  readonly mark: string | undefined;
  /** By which messages its elements are known, where each tells a part of it. */
  readonly note: string | undefined;
}

/** The documents of a message and the stored ones that have to do with them. */
export interface DocumentVersions {
  readonly sent: readonly NamedDocument[];
  /** Stored documents that one of those sent replaces; a former version of the very document among them. */
  readonly older: readonly StoredDocument[];
  /** Stored documents that replace one of those sent. */
  readonly newer: readonly StoredDocument[];
  /** Stored documents that name one of those sent, by whatever relation. */
  readonly naming: readonly StoredDocument[];
  /** Stored documents that one of those sent would replace, were it not in error. */
  readonly spared: readonly StoredDocument[];
  /** Stored documents that name one of those spared: another one may replace it. */
  readonly rivals: readonly StoredDocument[];
  readonly assuming: readonly Assumption[];
}

const NONE: DocumentVersions = { sent: [], older: [], newer: [], naming: [], spared: [], rivals: [], assuming: [] };

/** Finds what replaces or names what, as of now: a commit must rely on `assuming`. */
export async function findVersions(services: Services, entries: readonly PreparedEntry[]): Promise<DocumentVersions> {
  const sent = entries.flatMap(({ resource }) => (resource.resourceType === DOCUMENT ? [namedDocument(services, resource, resource.id)] : []));
  if (sent.length === 0) return NONE;
  const [naming, others] = await Promise.all([ask(services, namingOf(sent)), ask(services, [...namedBy(services, sent), ...versionsOf(services, sent)])]);
  // A document that says nothing of versions is no later one of itself.
  const ids = new Set([...sent.filter(({ number }) => number !== 0), ...naming.found, ...others.found].map(({ id }) => id));
  if (ids.size === 0) return { ...NONE, sent, assuming: [...naming.assuming, ...others.assuming] };
  const stored = (await services.store.readMany([...ids].map((id) => ({ type: DOCUMENT, id })))).flatMap((item) => storedDocument(services, item));
  const isNaming = new Set(naming.found.map(({ id }) => id));
  const spared = stored.filter((document) => sent.some((one) => isInError(one) && one.source === document.source && namesAsReplaced(services, one, document)));
  const rivals = await ask(services, spared.length === 0 ? [] : namingOf(spared));
  return {
    sent,
    older: stored.filter((document) => sent.some((one) => replaces(services, one, document))),
    newer: stored.filter((document) => sent.some((one) => replaces(services, document, one))),
    naming: stored.filter(({ id }) => isNaming.has(id)),
    spared,
    rivals: rivals.found.flatMap((item) => storedDocument(services, item)),
    assuming: [...naming.assuming, ...others.assuming, ...rivals.assuming],
  };
}

/** A source replaces its own documents only. */
export function replaces(services: Services, newer: NamedDocument, older: NamedDocument): boolean {
  if (newer.source !== older.source || isInError(newer)) return false;
  return isLaterVersion(newer, older) || namesAsReplaced(services, newer, older);
}

function isInError({ resource }: NamedDocument): boolean {
  return resource['status'] === 'entered-in-error';
}

function namesAsReplaced(services: Services, newer: NamedDocument, older: NamedDocument): boolean {
  return newer.id !== older.id && relationsOf(newer.resource).some(({ code, target }) => code === 'replaces' && isNamedBy(services, target, older));
}

function isLaterVersion(newer: NamedDocument, older: NamedDocument): boolean {
  return newer.number !== undefined && older.number !== undefined && newer.number > older.number && isSame(newer.set, older.set);
}

/** What a document names another by: its reference, or without one its identifier. */
export function isNamedBy(services: Services, target: JsonObject, { id, identifiers }: NamedDocument): boolean {
  const reference = textOf(target['reference']);
  if (reference !== '') return reference === referenceTo({ type: DOCUMENT, id });
  const named = tokenOf(services, target['identifier']);
  return named !== undefined && identifiers.some((identifier) => isSame(named, identifier));
}

/** Documents that may name one of those sent. */
function namingOf(sent: readonly NamedDocument[]): readonly Clause[] {
  const identifiers = sent.flatMap((document) => document.identifiers);
  const byId: Clause = { kind: 'reference', param: 'relatesto', anyOf: sent.map(({ id }) => ({ type: DOCUMENT, id })) };
  return identifiers.length === 0 ? [byId] : [byId, { kind: 'token', param: 'relatesto:identifier', anyOf: identifiers }];
}

/** Documents that those sent may name. */
function namedBy(services: Services, sent: readonly NamedDocument[]): readonly Clause[] {
  const targets = sent.flatMap(({ resource }) => relationsOf(resource).map(({ target }) => target));
  const references = targets.map((target) => textOf(target['reference']));
  const ids = references.flatMap((reference) => (reference.startsWith(`${DOCUMENT}/`) ? [reference.slice(DOCUMENT.length + 1)] : []));
  const identifiers = targets.flatMap((target, at) => (references[at] === '' ? tokenOf(services, target['identifier']) ?? [] : []));
  return [
    ...(ids.length === 0 ? [] : [{ kind: 'id', anyOf: ids } as const]),
    ...(identifiers.length === 0 ? [] : [{ kind: 'token', param: 'identifier', anyOf: identifiers } as const]),
  ];
}

/** Documents of the sets to which those sent belong, and the first of each, which may say nothing of it. */
function versionsOf(services: Services, sent: readonly NamedDocument[]): readonly Clause[] {
  const sets = sent.flatMap(({ set }) => (set === undefined ? [] : [set]));
  const first = sent.flatMap((document) => (document.set === undefined || document.number === 0 ? [] : tokenOf(services, firstOfSet(document.set)) ?? []));
  return sets.length === 0 ? [] : [{ kind: 'token', param: 'identifier', anyOf: [...sets, ...first] }];
}

/** All documents for which one of the clauses holds, each asked by itself since an alternative has no index, and that these are all. */
async function ask(services: Services, clauses: readonly Clause[]): Promise<{ readonly found: readonly Stored[]; readonly assuming: readonly Assumption[] }> {
  const answers = await Promise.all(clauses.map(async (clause) => ({ clause, stored: await searchAll(services.store, { type: DOCUMENT, where: [clause] }) })));
  return { found: answers.flatMap(({ stored }) => stored), assuming: answers.map(({ clause, stored }) => ({ type: DOCUMENT, where: [clause], ids: stored.map(({ id }) => id) })) };
}

function storedDocument(services: Services, { id, version, deleted, body, beside }: Stored): readonly StoredDocument[] {
  return deleted ? [] : [{ ...namedDocument(services, resourceOf(body), id), version, mark: beside?.mark, note: beside?.note }];
}

function namedDocument(services: Services, resource: Resource, id: string): NamedDocument {
  const source = sourceOfUri(resource.meta?.['source']) ?? '';
  const master = resource['masterIdentifier'];
  const identifiers = [master, ...(isList(resource['identifier']) ? resource['identifier'] : [])].flatMap((identifier) => tokenOf(services, identifier) ?? []);
  const said = identifiers.find(({ system }) => system === documentSetSystem(source));
  const number = versionNumberOf(resource);
  return { id, source, identifiers, set: said ?? ownSet(source, master), number: said === undefined ? number ?? 0 : number, resource };
}

function versionNumberOf(resource: Resource): number | undefined {
  const extensions = isList(resource['extension']) ? resource['extension'].filter(isObject) : [];
  const text = textOf(extensions.find(({ url }) => url === DOCUMENT_VERSION)?.['valueString']);
  return text === '' ? undefined : Number(text);
}

/** The set of the versions of a document whose first has this number. */
function ownSet(source: string, master: JsonValue | undefined): Token | undefined {
  return isObject(master) && typeof master['value'] === 'string' ? { system: documentSetSystem(source), code: `${textOf(master['system'])}|${master['value']}` } : undefined;
}

function firstOfSet({ code }: Token): JsonObject {
  const bar = code.indexOf('|');
  return { system: code.slice(0, bar), value: code.slice(bar + 1) };
}

interface Relation { readonly code: string; readonly target: JsonObject }

function relationsOf(resource: Resource): readonly Relation[] {
  const relations = isList(resource['relatesTo']) ? resource['relatesTo'] : [];
  return relations.flatMap((relation) => (isObject(relation) && isObject(relation['target']) ? [{ code: textOf(relation['code']), target: relation['target'] }] : []));
}

function isSame(a: Token | undefined, b: Token | undefined): boolean {
  return a !== undefined && b !== undefined && a.system === b.system && a.code === b.code;
}

/** An identifier as the index has it. */
function tokenOf({ fhir }: Pick<Services, 'fhir'>, identifier: JsonValue | undefined): Token | undefined {
  if (!isObject(identifier) || typeof identifier['value'] !== 'string') return undefined;
  const system = textOf(identifier['system']);
  return { system: fhir.definitions.preferredSystems.get(system) ?? system, code: identifier['value'] };
}
