import type { JsonObject, JsonValue, Resource } from '../fhir/resource.ts';
import { isObject } from '../fhir/resource.ts';
import type { Addition } from './additions.ts';
import { withMark } from './additions.ts';
import type { Specimens } from './choose-row.ts';
import { mapRanges } from './map-ranges.ts';
import type { Valued } from './map-value.ts';
import { codeWords, readPrintedNumber } from './map-value.ts';
import type { Meaning, UnknownCode } from './meaning-of-code.ts';
import { meaningOfCode } from './meaning-of-code.ts';
import type { Unit, UnitTables } from './measure.ts';
import { isUncoded, measureOf, unitOf, withCommonValue } from './measure.ts';
import type { MappingTag } from './systems.ts';
import { ITEM_SYSTEM, LOINC_SYSTEM, TAG_SYSTEM } from './systems.ts';
import { unmapPart } from './unmap-part.ts';

/** A code or unit that no table knows, for the operator's list. `display` is the test's name, for a unit too. */
export interface Gap { readonly kind: 'code' | 'unit'; readonly system: string; readonly code: string; readonly display: string }

export interface MappedResource { readonly resource: Resource; readonly gaps: readonly Gap[] }

/** The tables, and what else a row may ask of a result. Without `specimens` a row for a specimen sees only what the result itself says of it. */
export interface MappingTables extends UnitTables { readonly specimens?: Specimens }

interface MappedPart { readonly part: JsonObject; readonly gaps: readonly Gap[]; readonly tags: readonly MappingTag[] }
interface Context extends UnitTables { readonly whole: Resource; readonly isLaboratory: boolean; readonly specimens: Specimens }

/**
 * Puts the standard item, the LOINC that fits the unit, the UCUM code and the value in the common unit beside what a
 * laboratory sent; nothing that was sent is changed or dropped. What no table knows is marked in `meta.tag`. What an earlier
 * mapping has added is taken away first, so that a result comes out as if it had just been sent, to the letter.
 *
 * @param resource any resource; only an Observation is touched
 * @see docs/decisions/0062-mapped-results.md and 0065-mappings-that-change.md
 */
export function mapObservation(resource: Resource, { specimens = () => undefined, ...units }: MappingTables): MappedResource {
  if (resource.resourceType !== 'Observation') return { resource, gaps: [] };
  const context: Context = { ...units, specimens, whole: resource, isLaboratory: isLaboratory(resource) };
  const whole = mapPart(unmapPart(resource), context);
  const components = listOf(resource['component'])?.map((part): MappedPart | JsonValue => (isObject(part) ? mapPart(unmapPart(part), context) : part));
  const parts = [whole, ...(components ?? []).filter(isMapped)];
  const { resourceType, id, meta } = resource;
  const mapped: Resource = {
    ...whole.part, resourceType, ...(id === undefined ? {} : { id }), ...(meta === undefined ? {} : { meta }),
    ...(components === undefined ? {} : { component: components.map((one) => (isMapped(one) ? one.part : one)) }),
  };
  return { resource: withTags(mapped, parts.flatMap((part) => part.tags)), gaps: parts.flatMap((part) => part.gaps) };
}

function isMapped(one: MappedPart | JsonValue): one is MappedPart {
  return isObject(one) && 'gaps' in one;
}

/** An Observation, or one of its components: both have `code`, `value[x]` and `referenceRange`. */
function mapPart(sent: JsonObject, context: Context): MappedPart {
  const concept = sent['code'];
  if (!isObject(concept)) return { part: sent, gaps: [], tags: [] };
  // What a ward writes in words is no result on a scale.
  const valued = context.isLaboratory ? mapValue(sent, context) : { part: sent, added: [] };
  const { part, added } = valued;
  const answer = meaningOfCode(concept, { part, whole: context.whole, specimens: context.specimens }, context.tables, context.source);
  if (answer.kind === 'known') return mapKnown(valued, concept, answer.meaning, context);
  // The tables are those of laboratories: what a ward observes in its own words is no gap in them.
  const isGap = answer.kind === 'unknown' && (context.isLaboratory || answer.code.system === context.source?.system);
  const marked = withMark(part, undefined, added);
  return isGap ? mapUnknown(marked, answer.code, context) : { part: marked, gaps: [], tags: [] };
}

function mapValue(part: JsonObject, units: UnitTables): Valued {
  const coded = codeWords(part);
  return coded.added.length > 0 ? coded : readPrintedNumber(part, (unit) => unit !== '' && unitOf({ unit }, units) !== undefined);
}

/** A unit that nobody knows is told along with the code, so that the operator mends both tables at once. */
function mapUnknown(part: JsonObject, code: UnknownCode, units: UnitTables): MappedPart {
  const ofCode: Gap = { kind: 'code', ...code };
  const quantity = part['valueQuantity'];
  if (!isObject(quantity) || unitOf(quantity, units) !== undefined) return { part, gaps: [ofCode], tags: ['unmapped-code'] };
  return { part, gaps: [ofCode, unitGap(quantity, code.display || code.code)], tags: ['unmapped-code', 'unmapped-unit'] };
}

function isLaboratory(resource: Resource): boolean {
  const categories = listOf(resource['category']) ?? [];
  return categories.some((category) => isObject(category) && (listOf(category['coding']) ?? []).some((coding) => isObject(coding) && coding['code'] === 'laboratory'));
}

function mapKnown(sent: Valued, concept: JsonObject, meaning: Meaning, context: Context): MappedPart {
  const { item, isExact, version } = meaning;
  const tags: MappingTag[] = isExact ? [] : ['inexact-code'];
  const { part, added } = item !== undefined && context.isLaboratory && sent.added.length === 0
    ? readPrintedNumber(sent.part, (unit) => unit === '' && measureOf(item, '', meaning.loinc) !== undefined)
    : sent;
  const quantity = part['valueQuantity'];
  const measured = isObject(quantity) ? quantity : limitOf(part);
  const withLoinc = (loinc: string | undefined, gaps: readonly Gap[], marks: readonly MappingTag[]): MappedPart => {
    const coded = withMeaning(concept, meaning, loinc);
    return { part: withMark({ ...part, code: coded.code }, version, [...coded.added, ...added]), gaps, tags: [...tags, ...marks] };
  };
  if (item === undefined || measured === undefined) return withLoinc(meaning.loinc, [], []);
  const unit = unitOf(measured, context);
  const measure = unit === undefined ? undefined : measureOf(item, unit.ucum, meaning.loinc);
  if (unit === undefined || measure === undefined) return withLoinc(undefined, [unitGap(measured, item.zh)], ['unmapped-unit']);
  if (!isObject(quantity)) return withLoinc(isExact ? measure.loinc : meaning.loinc, [], []);
  const coded = withMeaning(concept, meaning, isExact ? measure.loinc : meaning.loinc);
  const ranges = mapRanges(part['referenceRange'], { sent: quantity, ucum: unit.ucum, measure, unit: item.unit, units: context });
  const mapped = { ...part, code: coded.code, valueQuantity: withCommonValue(quantity, measure, item.unit), ...(ranges === undefined ? {} : { referenceRange: ranges.ranges }) };
  const all: Addition[] = [...coded.added, ...added, ...(isUncoded(quantity, measure) ? ['ucum' as const] : []), ...ranges?.added ?? []];
  return { part: withMark(mapped, versionOf(version, unit), all), gaps: [], tags };
}

/** A range or ratio is measured in the unit of what it is made of; it has no value in the common unit. */
function limitOf(part: JsonObject): JsonObject | undefined {
  const { valueRange: range, valueRatio: ratio } = part;
  return [isObject(range) ? range['low'] ?? range['high'] : undefined, isObject(ratio) ? ratio['numerator'] : undefined].find(isObject);
}

/** The row of the code, and that of the unit where the source's table has one: `hospital-a|1f3a9c2e4b5d.9ac31f02`. */
function versionOf(version: string, unit: Unit): string {
  return unit.version === undefined ? version : `${version}.${unit.version}`;
}

/** Item first, LOINC second, then the codings as sent. */
function withMeaning(concept: JsonObject, { item }: Meaning, loinc: string | undefined): { readonly code: JsonObject; readonly added: readonly Addition[] } {
  const sent = listOf(concept['coding']) ?? [];
  const isSent = (system: string, code: string): boolean => sent.some((other) => isObject(other) && other['system'] === system && other['code'] === code);
  const added: Addition[] = [];
  const codings: JsonObject[] = [];
  if (item !== undefined && !isSent(ITEM_SYSTEM, item.item)) {
    added.push('item');
    codings.push({ system: ITEM_SYSTEM, code: item.item, display: item.zh });
  }
  if (loinc !== undefined && !isSent(LOINC_SYSTEM, loinc)) {
    added.push('loinc');
    codings.push({ system: LOINC_SYSTEM, code: loinc });
  }
  return { code: codings.length === 0 ? concept : { ...concept, coding: [...codings, ...sent] }, added };
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
