import type { JsonObject } from '../resource.ts';
import type { ValueSetCodes } from './model.ts';
import { objects, requiredText, text, texts, withoutVersion } from './source.ts';

/** Published terminology by canonical url. */
export interface Terminology {
  readonly valueSets: ReadonlyMap<string, JsonObject>;
  readonly codeSystems: ReadonlyMap<string, JsonObject>;
}

/** Systems that R4 uses whole and that are too large, or defined by a grammar, to be listed: their syntax is checked instead. */
const GRAMMAR_SYSTEMS = new Set(['urn:ietf:bcp:13', 'urn:ietf:bcp:47', 'urn:iso:std:iso:4217', 'http://unitsofmeasure.org']);

type Codes = Map<string, Set<string> | '*'>;

/** Raised inside the expansion where a definition cannot be followed. */
class NotExpandable extends Error {}

/** Lists the codes of a value set. @param url canonical without version @returns undefined when it is not published */
export function expandValueSet(url: string, terminology: Terminology): ValueSetCodes | undefined {
  if (!terminology.valueSets.has(url)) return undefined;
  try {
    const systems = [...codesOf(url, terminology, [])].map(([system, codes]) => [system, codes === '*' ? codes : [...codes]] as const);
    return { url, systems: Object.fromEntries(systems), incomplete: false };
  } catch (error) {
    if (error instanceof NotExpandable) return { url, systems: {}, incomplete: true };
    throw error;
  }
}

function codesOf(url: string, terminology: Terminology, importedBy: readonly string[]): Codes {
  const valueSet = terminology.valueSets.get(url);
  if (valueSet === undefined || importedBy.includes(url)) throw new NotExpandable();
  const codes: Codes = new Map();
  for (const part of composed(valueSet, 'include')) addAll(codes, partCodes(part, terminology, [...importedBy, url]));
  for (const part of composed(valueSet, 'exclude')) removeAll(codes, partCodes(part, terminology, [...importedBy, url]));
  return codes;
}

function composed(valueSet: JsonObject, part: 'include' | 'exclude'): readonly JsonObject[] {
  const { compose } = valueSet;
  return objects({ compose: [compose ?? null] }, 'compose').flatMap((item) => objects(item, part));
}

/** One include or exclude: the system's part, limited to what every imported value set holds. */
function partCodes(part: JsonObject, terminology: Terminology, importedBy: readonly string[]): Codes {
  const sets = texts(part, 'valueSet').map((url) => codesOf(withoutVersion(url), terminology, importedBy));
  const system = text(part, 'system');
  if (system !== undefined) sets.push(new Map([[system, systemCodes(part, system, terminology)]]));
  const [first, ...others] = sets;
  if (first === undefined) throw new NotExpandable();
  return others.reduce(intersection, first);
}

function systemCodes(part: JsonObject, system: string, terminology: Terminology): Set<string> | '*' {
  const concepts = objects(part, 'concept');
  if (concepts.length > 0) return new Set(concepts.map((concept) => requiredText(concept, 'code')));
  const codeSystem = terminology.codeSystems.get(withoutVersion(system));
  if (codeSystem === undefined && GRAMMAR_SYSTEMS.has(system) && objects(part, 'filter').length === 0) return '*';
  if (codeSystem === undefined || text(codeSystem, 'content') !== 'complete') throw new NotExpandable();
  const filters = objects(part, 'filter').map((filter) => filtered(codeSystem, filter));
  return filters.reduce((codes, other) => codes.intersection(other), allCodes(objects(codeSystem, 'concept')));
}

function filtered(codeSystem: JsonObject, filter: JsonObject): Set<string> {
  const value = requiredText(filter, 'value');
  const op = text(filter, 'op');
  const property = text(filter, 'property');
  if ((property !== 'concept' && property !== 'code') || (op !== 'is-a' && op !== 'descendent-of')) throw new NotExpandable();
  const concept = findConcept(objects(codeSystem, 'concept'), value);
  if (concept === undefined) throw new NotExpandable();
  const codes = allCodes(objects(concept, 'concept'));
  return op === 'is-a' ? codes.add(value) : codes;
}

function findConcept(concepts: readonly JsonObject[], code: string): JsonObject | undefined {
  for (const concept of concepts) {
    const found = concept['code'] === code ? concept : findConcept(objects(concept, 'concept'), code);
    if (found !== undefined) return found;
  }
  return undefined;
}

function allCodes(concepts: readonly JsonObject[]): Set<string> {
  return new Set(concepts.flatMap((concept) => [requiredText(concept, 'code'), ...allCodes(objects(concept, 'concept'))]));
}

function addAll(to: Codes, from: Codes): void {
  for (const [system, codes] of from) {
    const present = to.get(system);
    to.set(system, codes === '*' || present === '*' ? '*' : codes.union(present ?? new Set()));
  }
}

function removeAll(from: Codes, excluded: Codes): void {
  for (const [system, codes] of excluded) {
    const present = from.get(system);
    if (present === undefined) continue;
    if (present === '*' && codes !== '*') throw new NotExpandable();
    if (present === '*' || codes === '*') from.delete(system);
    else from.set(system, present.difference(codes));
  }
}

function intersection(a: Codes, b: Codes): Codes {
  const codes: Codes = new Map();
  for (const [system, left] of a) {
    const right = b.get(system);
    if (right === undefined) continue;
    if (left === '*') codes.set(system, right);
    else codes.set(system, right === '*' ? left : left.intersection(right));
  }
  return codes;
}
