import type { JsonObject, JsonValue, Resource } from '../fhir/resource.ts';
import { isList, isObject, textOf } from '../fhir/resource.ts';
import type { ElementOrder } from './element-order.ts';
import type { Contribution } from './message.ts';

/**
 * By what an element is known: how far its message was about the record, when that message was sent (milliseconds), and
 * what tells two messages of one instant apart. The greatest holds.
 */
export interface Stamp { readonly authority: number; readonly at: number; readonly tie: string }

/** Of a list to which messages add: how many items at its front are those of the message that holds. */
export interface Fact extends Stamp { readonly head?: number }

/** Where each element of a record comes from, emptied elements included: by its path. */
export type Facts = ReadonlyMap<string, Fact>;

export interface Merged { readonly resource: Resource; readonly facts: Facts }

/** What a record says under one path: its members with their values; none for an element that was emptied. */
type Parts = ReadonlyMap<string, JsonObject>;

/** An element that a push of the whole record left: it was about the record, and any later message about it holds. */
const OF_A_PUSH: Fact = { authority: 1, at: 0, tie: '' };

/**
 * Joins what a message says of a record to what is known of it, element by element. Whatever the order in which messages
 * come, and however often each, the outcome is the same: of each element the greatest stamp holds, and of a joined list the union.
 *
 * @param said the record as the message tells it, linked; @param known the record as it is stored
 * @param facts stored beside it; undefined where no message contributed to the record before
 * @see docs/decisions/0066-contributions.md
 */
export function mergeContribution(said: Resource, known: Resource | undefined, context: {
  readonly facts: Facts | undefined; readonly contribution: Contribution; readonly stamp: Stamp; readonly order: ElementOrder;
}): Merged {
  const { contribution, order } = context;
  const before = known === undefined ? new Map<string, JsonObject>() : partsOf(known, order);
  const facts = new Map(context.facts ?? [...before.keys()].map((path) => [path, OF_A_PUSH] as const));
  const after = new Map<string, JsonObject>(before);
  const cleared = contribution.cleared.filter((path) => path !== 'identifier' || contribution.authority > 0);
  const news: Parts = new Map([...cleared.map((path) => [path, {}] as const), ...partsOf(said, order)]);
  for (const [path, part] of news) {
    const fact = facts.get(path);
    const stamp = isAbsent(part) ? { ...context.stamp, authority: UNKNOWN } : context.stamp;
    const standing = [fact, facts.get(wholeOf(path))].filter((one) => one !== undefined);
    const isNewer = standing.every((one) => compareStamps(stamp, one) >= 0);
    if (joins(path, contribution, standing)) {
      const joined = joinLists(wholeOf(path), { said: part, known: before.get(path) ?? {}, isNewer, fact });
      after.set(path, joined.part);
      facts.set(path, isNewer ? { ...stamp, head: joined.head } : { ...fact ?? stamp, head: joined.head });
    } else if (isNewer) {
      after.set(path, part);
      facts.set(path, stamp);
      if (Object.keys(part).length === 0) emptyParts(path, stamp, after, facts);
    }
  }
  return { resource: assemble(said, after, order), facts };
}

export function compareStamps(a: Stamp, b: Stamp): number {
  return a.authority - b.authority || a.at - b.at || (a.tie < b.tie ? -1 : Number(a.tie > b.tie));
}

/** That the sender does not know an element is less than anything that another message says of it. */
const UNKNOWN = -1;
const DATA_ABSENT_REASON = 'http://hl7.org/fhir/StructureDefinition/data-absent-reason';

function isAbsent(part: JsonObject): boolean {
  const values = Object.values(part);
  return values.length > 0 && values.every((value) => isObject(value) && itemsOf(value['extension']).some((extension) => isObject(extension) && extension['url'] === DATA_ABSENT_REASON));
}

/** What is emptied as a whole is emptied in each part that is not known by a greater stamp: the links of a record, the members of a divided element. */
function emptyParts(whole: string, stamp: Stamp, after: Map<string, JsonObject>, facts: Facts): void {
  for (const path of after.keys()) {
    const fact = facts.get(path);
    if (path !== whole && wholeOf(path) === whole && (fact === undefined || compareStamps(stamp, fact) >= 0)) after.set(path, {});
  }
}

/** `link` of `link Patient/1`, `period` of `period.end`. */
function wholeOf(path: string): string {
  return path.split(/[ .]/, 1)[0] ?? path;
}

/** Mentions never take an identifier away from each other: one brings the number of the record, another that of the person. */
function joins(path: string, { authority, joined = [] }: Contribution, standing: readonly Fact[]): boolean {
  return joined.includes(path) || (wholeOf(path) === 'identifier' && authority === 0 && standing.every((fact) => fact.authority === 0));
}

/** The items of the message that holds come first, in its order, the others after them by name; of two texts for one thing the greater stays. */
function joinLists(name: string, { said, known, isNewer, fact }: { said: JsonObject; known: JsonObject; isNewer: boolean; fact: Fact | undefined }): { readonly part: JsonObject; readonly head: number } {
  const news = itemsOf(said[name]);
  const old = itemsOf(known[name]);
  const byName = new Map<string, JsonValue>();
  for (const item of [...old, ...news]) {
    const own = nameOfItem(item);
    const other = byName.get(own);
    if (other === undefined || JSON.stringify(item) > JSON.stringify(other)) byName.set(own, item);
  }
  const front = new Set((isNewer ? news : old.slice(0, fact?.head ?? old.length)).map(nameOfItem));
  const rest = [...byName.keys()].filter((own) => !front.has(own)).sort();
  const items = [...front, ...rest].flatMap((own) => byName.get(own) ?? []);
  return { part: { [name]: items }, head: front.size };
}

function nameOfItem(item: JsonValue): string {
  if (!isObject(item)) return JSON.stringify(item);
  if (typeof item['reference'] === 'string') return item['reference'];
  return typeof item['value'] === 'string' ? JSON.stringify([item['system'], item['value']]) : JSON.stringify(item);
}

function itemsOf(value: JsonValue | undefined): readonly JsonValue[] {
  return isList(value) ? value : [];
}

/** Elements whose members are told at different times: those of a period by admission and discharge, and so what `hospitalization` says; `context` is that of a document. */
const DIVIDED: ReadonlySet<string> = new Set(['period', 'hospitalization', 'context']);
/** Types whose numbers are an element for each system: a message that names the medical record number alone says nothing of the resident ID. */
const NUMBERED_BY_SYSTEM: ReadonlySet<string> = new Set(['Patient', 'DocumentReference', 'ServiceRequest']);

/** Each member of a divided element is an element of its own, and so is each linked record, and the numbers of each system. */
function partsOf(resource: Resource, order: ElementOrder): Map<string, JsonObject> {
  const parts = new Map<string, Record<string, JsonValue>>();
  for (const name in resource) {
    const value = resource[name];
    if (value === undefined || name === 'resourceType' || name === 'id' || name === 'meta') continue;
    const path = order.pathOf(name);
    if (DIVIDED.has(path) && isObject(value)) {
      for (const member in value) {
        const at = `${path}.${member.replace('_', '')}`;
        parts.set(at, { ...parts.get(at), [member]: value[member] ?? null });
      }
    } else if (path === 'link' && isList(value)) {
      for (const link of value) parts.set(`link ${nameOfLink(link)}`, { link });
    } else if (path === 'identifier' && isList(value) && NUMBERED_BY_SYSTEM.has(resource.resourceType)) {
      for (const [system, identifier] of Map.groupBy(value, systemOf)) parts.set(`identifier ${system}`, { identifier });
    } else {
      parts.set(path, { ...parts.get(path), [name]: value });
    }
  }
  return parts;
}

function systemOf(identifier: JsonValue): string {
  return isObject(identifier) ? textOf(identifier['system']) : '';
}

function nameOfLink(link: JsonValue): string {
  const other = isObject(link) ? link['other'] ?? link['target'] : undefined;
  return nameOfItem(other ?? link);
}

function assemble({ resourceType, id, meta }: Resource, parts: Parts, order: ElementOrder): Resource {
  const members: Record<string, JsonValue> = {};
  const lists = { link: [] as JsonValue[], identifier: [] as JsonValue[] };
  const divided = new Map<string, JsonObject>();
  for (const path of [...parts.keys()].sort()) {
    const part = parts.get(path) ?? {};
    if (path.startsWith('link ')) lists.link.push(...part['link'] === undefined ? [] : [part['link']]);
    else if (path.startsWith('identifier ')) lists.identifier.push(...itemsOf(part['identifier']));
    else if (path.includes('.')) divided.set(wholeOf(path), { ...divided.get(wholeOf(path)), ...part });
    else Object.assign(members, part);
  }
  for (const name of ['link', 'identifier'] as const) if (lists[name].length > 0) members[name] = lists[name];
  for (const [name, value] of divided) if (Object.keys(value).length > 0) members[name] = sortedWithin(name, value, order);
  const names = Object.keys(members).sort((a, b) => order.rank(a) - order.rank(b) || (a < b ? -1 : 1));
  return {
    resourceType,
    ...(id === undefined ? {} : { id }),
    ...(meta === undefined ? {} : { meta }),
    ...Object.fromEntries(names.map((name) => [name, members[name]])),
  };
}

/** A value stands before what is said of it: `start` before `_start`. */
function sortedWithin(element: string, value: JsonObject, order: ElementOrder): JsonObject {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => order.rankWithin(element, a) - order.rankWithin(element, b) || a.length - b.length));
}
