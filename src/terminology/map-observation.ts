import type { JsonObject, JsonValue, Resource } from '../fhir/resource.ts';
import { isObject } from '../fhir/resource.ts';
import type { Meaning, UnknownCode } from './meaning-of-code.ts';
import { meaningOfCode } from './meaning-of-code.ts';
import type { Measure, UnitTables } from './measure.ts';
import { measureOf, ucumOf, withCommonValue } from './measure.ts';
import type { MappingTag } from './systems.ts';
import { ITEM_SYSTEM, LOINC_SYSTEM, TAG_SYSTEM } from './systems.ts';

/** A code or unit that no table knows, for the operator's list. `display` is the test's name, for a unit too. */
export interface Gap { readonly kind: 'code' | 'unit'; readonly system: string; readonly code: string; readonly display: string }

export interface MappedResource { readonly resource: Resource; readonly gaps: readonly Gap[] }

interface MappedPart<T extends JsonValue> { readonly part: T; readonly gaps: readonly Gap[]; readonly tags: readonly MappingTag[] }

/**
 * Puts the standard item, the LOINC that fits the unit, the UCUM code and the value in the common unit beside what a
 * laboratory sent; nothing that was sent is changed or dropped. What no table knows is marked in `meta.tag`.
 *
 * @param resource any resource; only an Observation is touched
 * @see docs/decisions/0062-mapped-results.md
 */
export function mapObservation(resource: Resource, units: UnitTables): MappedResource {
  if (resource.resourceType !== 'Observation') return { resource, gaps: [] };
  const context = { ...units, isLaboratory: isLaboratory(resource) };
  const whole = mapPart(resource, context);
  const components = listOf(resource['component'])?.map((part): MappedPart<JsonValue> => (isObject(part) ? mapPart(part, context) : { part, gaps: [], tags: [] }));
  const parts = [whole, ...components ?? []];
  const mapped: Resource = { ...resource, ...whole.part, ...(components === undefined ? {} : { component: components.map(({ part }) => part) }) };
  return { resource: withTags(mapped, parts.flatMap((part) => part.tags)), gaps: parts.flatMap((part) => part.gaps) };
}

/** An Observation, or one of its components: both have `code`, `value[x]` and `referenceRange`. */
function mapPart(part: JsonObject, units: UnitTables & { readonly isLaboratory: boolean }): MappedPart<JsonObject> {
  const concept = part['code'];
  if (!isObject(concept)) return { part, gaps: [], tags: [] };
  const answer = meaningOfCode(concept, units.tables, units.source);
  if (answer.kind === 'known') return mapKnown(part, concept, answer.meaning, units);
  // The tables are those of laboratories: what a ward observes in its own words is no gap in them.
  const isGap = answer.kind === 'unknown' && (units.isLaboratory || answer.code.system === units.source?.system);
  return isGap ? mapUnknown(part, answer.code, units) : { part, gaps: [], tags: [] };
}

/** A unit that nobody knows is told along with the code, so that the operator mends both tables before one replay. */
function mapUnknown(part: JsonObject, code: UnknownCode, units: UnitTables): MappedPart<JsonObject> {
  const ofCode: Gap = { kind: 'code', ...code };
  const quantity = part['valueQuantity'];
  if (!isObject(quantity) || ucumOf(quantity, units) !== undefined) return { part, gaps: [ofCode], tags: ['unmapped-code'] };
  return { part, gaps: [ofCode, unitGap(quantity, code.display || code.code)], tags: ['unmapped-code', 'unmapped-unit'] };
}

function isLaboratory(resource: Resource): boolean {
  const categories = listOf(resource['category']) ?? [];
  return categories.some((category) => isObject(category) && (listOf(category['coding']) ?? []).some((coding) => isObject(coding) && coding['code'] === 'laboratory'));
}

function mapKnown(part: JsonObject, concept: JsonObject, meaning: Meaning, units: UnitTables): MappedPart<JsonObject> {
  const { item, isExact } = meaning;
  const tags: MappingTag[] = isExact ? [] : ['inexact-code'];
  const quantity = part['valueQuantity'];
  if (item === undefined || !isObject(quantity)) return { part: { ...part, code: withMeaning(concept, meaning, meaning.loinc) }, gaps: [], tags };
  const ucum = ucumOf(quantity, units);
  const measure = ucum === undefined ? undefined : measureOf(item, ucum, meaning.loinc);
  if (measure === undefined) {
    return { part: { ...part, code: withMeaning(concept, meaning, undefined) }, gaps: [unitGap(quantity, item.zh)], tags: [...tags, 'unmapped-unit'] };
  }
  const ranges = listOf(part['referenceRange']);
  return {
    part: {
      ...part,
      code: withMeaning(concept, meaning, isExact ? measure.loinc : meaning.loinc),
      valueQuantity: withCommonValue(quantity, measure, item.unit),
      ...(ranges === undefined ? {} : { referenceRange: ranges.map((range) => mapRange(range, { ucum, measure, unit: item.unit, units })) }),
    },
    gaps: [],
    tags,
  };
}

/** The limits belong to the performer: they are converted by the factor of the value, and only if they are in its unit or in none. */
function mapRange(range: JsonValue, value: { ucum: string | undefined; measure: Measure; unit: string; units: UnitTables }): JsonValue {
  if (!isObject(range)) return range;
  const limits = (['low', 'high'] as const).flatMap((name) => {
    const limit = range[name];
    if (!isObject(limit)) return [];
    const ucum = ucumOf(limit, value.units);
    return ucum === '' || ucum === value.ucum ? [[name, withCommonValue(limit, value.measure, value.unit)] as const] : [];
  });
  return { ...range, ...Object.fromEntries(limits) };
}

/** Item first, LOINC second, then the codings as sent. */
function withMeaning(concept: JsonObject, { item }: Meaning, loinc: string | undefined): JsonObject {
  const sent = listOf(concept['coding']) ?? [];
  const standard = [
    ...(item === undefined ? [] : [{ system: ITEM_SYSTEM, code: item.item, display: item.zh }]),
    ...(loinc === undefined ? [] : [{ system: LOINC_SYSTEM, code: loinc }]),
  ];
  const added = standard.filter((coding) => !sent.some((other) => isObject(other) && other['system'] === coding.system && other['code'] === coding.code));
  return { ...concept, coding: [...added, ...sent] };
}

/** The exchange's own marks are set anew at each pass; those of others stay. */
function withTags(resource: Resource, tags: readonly MappingTag[]): Resource {
  const meta: unknown = resource.meta ?? {};
  if (!isObject(meta)) return resource;
  const sent = listOf(meta['tag']) ?? [];
  const others = sent.filter((tag) => !isObject(tag) || tag['system'] !== TAG_SYSTEM);
  const own = [...new Set(tags)].map((code) => ({ system: TAG_SYSTEM, code }));
  if (own.length === 0 && others.length === sent.length) return resource;
  const { tag: _replaced, ...rest } = meta;
  return { ...resource, meta: own.length + others.length === 0 ? rest : { ...rest, tag: [...others, ...own] } };
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

function unitGap(quantity: JsonObject, display: string): Gap {
  const text = quantity['unit'] ?? quantity['code'];
  return { kind: 'unit', system: '', code: typeof text === 'string' ? text.slice(0, 100) : '', display };
}
