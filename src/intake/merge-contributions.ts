import { parseKnownJson } from '../fhir/json.ts';
import type { JsonObject, JsonValue, Resource, ResourceKey } from '../fhir/resource.ts';
import { isObject, isResource, referenceTo, textOf } from '../fhir/resource.ts';
import type { Contribution, ElementOrder, Facts, Merged } from '../normalize/index.ts';
import { elementOrderOf, mergeContribution } from '../normalize/index.ts';
import type { Services } from '../services.ts';
import type { Stored } from '../store/store.ts';
import { withCancellation } from './cancel-results.ts';
import { DOCUMENT, findVersions } from './documents/find-versions.ts';
import { SUPERSEDED } from './documents/supersede.ts';
import type { Said } from './facts.ts';
import { factsNote, parseFacts, parseSaid } from './facts.ts';
import { impliedBy } from './implied.ts';
import type { KnownRecords } from './known-records.ts';
import { orderOf } from './message-order.ts';
import type { PreparedEntry, PreparedMessage } from './prepare-message.ts';
import { acceptEntries, faultsOf } from './prepare-message.ts';
import type { SourceMessage } from './records.ts';
import type { Source } from './source.ts';

type Contributing = PreparedEntry & { readonly contribution: Contribution };

const ABSENT: JsonObject = { extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }] };

/** What is demanded of a record and no message has said yet. A patient may be known by nothing but the number that went in a merge. */
function unsaidOf(resource: Resource): JsonObject {
  return Object.fromEntries(Object.entries(demandedOf(resource)).filter(([name, value]) => resource[name] === undefined || (name === 'period' && resource[name] !== value)));
}

function demandedOf(resource: Resource): JsonObject {
  switch (resource.resourceType) {
    case 'Encounter': return { status: 'unknown', class: { system: 'http://terminology.hl7.org/CodeSystem/v3-NullFlavor', code: 'UNK' }, period: periodOf(resource['period']) };
    case 'ServiceRequest': return { status: 'unknown', intent: 'order', code: ABSENT, ...resource['authoredOn'] === undefined ? { _authoredOn: ABSENT } : {} };
    case 'DocumentReference': return { status: 'current', content: [{ attachment: { ...ABSENT, title: numberOf(resource) } }] };
    case 'Patient': return resource['link'] === undefined ? {} : { name: [{ _text: ABSENT }] };
    default: return {};
  }
}

/**
 * Joins the entries that say parts of a record to what is stored of it, and validates the outcome. Of a message that says
 * several parts of one record the first entry stands for all of them.
 */
export async function mergeContributions(services: Services, source: Source, message: SourceMessage, { prepared, known: stored }: { readonly prepared: PreparedMessage; readonly known: KnownRecords }): Promise<PreparedMessage> {
  const contributing = prepared.accepted.filter((entry): entry is Contributing => entry.contribution !== undefined);
  if (contributing.length === 0) return prepared;
  const groups = Map.groupBy(contributing, (entry) => referenceTo(keyOf(entry)));
  const { at, tie } = orderOf(message, prepared.saidAt);
  const merged = new Map([...groups].flatMap(([reference, entries]) => {
    const [first] = entries;
    return first === undefined ? [] : [[reference, mergeGroup(services, first, entries, { stored, at, tie })] as const];
  }));
  const seen = new Set<string>();
  const entries = prepared.accepted.flatMap((entry) => {
    if (entry.contribution === undefined) return [entry];
    const reference = referenceTo(keyOf(entry));
    if (seen.has(reference)) return [];
    seen.add(reference);
    return merged.get(reference) ?? [];
  });
  const faults = [...merged.values()].flatMap((entry) => faultsOf(services, source, entry));
  const taken = await acceptEntries(services, prepared.kind, entries, [...prepared.faults, ...faults]);
  // What a document replaces may have been told by another message about it.
  const versions = contributing.some(({ resource }) => resource.resourceType === DOCUMENT) ? await findVersions(services, taken.accepted) : prepared.versions;
  return { ...prepared, ...taken, versions };
}

/** The one thing that every message about a document says, so that the title of one that has not come is always the same. */
function numberOf({ masterIdentifier }: Resource): string {
  return isObject(masterIdentifier) ? textOf(masterIdentifier['value']) : '';
}

function periodOf(period: JsonValue | undefined): JsonValue {
  const said = isObject(period) ? period : {};
  return said['start'] === undefined ? { _start: ABSENT, ...said } : said;
}

function mergeGroup({ fhir }: Services, first: Contributing, entries: readonly Contributing[], known: { readonly stored: ReadonlyMap<string, Stored>; readonly at: number; readonly tie: string }): PreparedEntry {
  const key = keyOf(first);
  const order = elementOrderOf(fhir.definitions, key.type);
  const before = known.stored.get(referenceTo(key));
  const replaces = before?.beside?.note;
  const { at, tie } = known;
  const start: { readonly resource: Resource | undefined; readonly facts: Facts | undefined } = {
    resource: before === undefined || before.deleted ? undefined : asSaid(resourceOf(before), replaces),
    facts: replaces === undefined ? undefined : parseFacts(replaces),
  };
  const { resource, facts: after } = entries.reduce<typeof start>((so, { resource: said, contribution }): Merged => {
    const stamp = { authority: contribution.authority, at, tie };
    const joined = mergeContribution(said, so.resource, { facts: so.facts, contribution, order, stamp });
    return { ...joined, facts: withCancellation(joined.facts, said, stamp) };
  }, start);
  const said = withMembers(resource ?? first.resource, unsaidOf(resource ?? first.resource), order);
  const implied = impliedBy(said);
  return { ...first, resource: { ...withMembers(said, implied, order), id: key.id }, note: { replaces, text: factsNote(after ?? new Map(), membersOf(said, Object.keys(implied))) } };
}

/** A stored record as its messages say it, without what follows from that. What was written since in another way counts as it is. */
function asSaid(resource: Resource | undefined, note: string | undefined): Resource | undefined {
  if (resource === undefined || note === undefined) return resource;
  const said = parseSaid(note);
  const names = Object.keys(said);
  if (names.length === 0) return resource;
  const members = Object.entries({ ...resource, ...said }).filter(([name, value]) => value !== null || said[name] === undefined);
  const asTold = { resourceType: resource.resourceType, ...Object.fromEntries(members) };
  const shown = resource.resourceType === DOCUMENT ? { status: SUPERSEDED } : impliedBy(asTold);
  return JSON.stringify(membersOf(shown, names)) === JSON.stringify(membersOf(resource, names)) ? asTold : resource;
}

function membersOf(resource: JsonObject, names: readonly string[]): Said {
  return Object.fromEntries(names.map((name) => [name, resource[name] ?? null]));
}

/** A record with further members, or others in place of its own, in the order of the specification. */
function withMembers(resource: Resource, others: Readonly<Record<string, JsonValue | undefined>>, order: ElementOrder): Resource {
  if (Object.keys(others).length === 0) return resource;
  const { resourceType, id, meta, ...members } = resource;
  const sorted = Object.entries({ ...members, ...others }).sort(([a], [b]) => order.rank(a) - order.rank(b));
  return { resourceType, ...(id === undefined ? {} : { id }), ...(meta === undefined ? {} : { meta }), ...Object.fromEntries(sorted) };
}

function resourceOf({ body }: Stored): Resource | undefined {
  const value = parseKnownJson(body);
  return isResource(value) ? value : undefined;
}

function keyOf({ resource }: PreparedEntry): ResourceKey {
  return { type: resource.resourceType, id: resource.id };
}
