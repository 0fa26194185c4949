import type { JsonObject, JsonValue } from '../fhir/resource.ts';
import { isList, isObject } from '../fhir/resource.ts';
import { additionsOf, MAPPING_URL, withoutExtension } from './additions.ts';
import { unmapValue } from './map-value.ts';
import { COMMON_VALUE_URL, ITEM_SYSTEM, LOINC_SYSTEM } from './systems.ts';

const NOTHING: ReadonlySet<string> = new Set();

/**
 * An Observation, or one of its components, as it was before it was mapped. The extensions `mapping` and `common-value` belong to
 * the exchange: they go, whoever wrote them.
 *
 * @returns the same object where nothing had been added
 */
export function unmapPart(part: JsonObject): JsonObject {
  const added = additionsOf(part) ?? NOTHING;
  const plain = added === NOTHING ? part : unmapValue(withoutExtension(part, MAPPING_URL), added);
  const concept = unmapConcept(plain['code'], added);
  const quantity = unmapQuantity(plain['valueQuantity'], added.has('ucum'));
  const ranges = unmapRanges(plain['referenceRange'], added);
  if (concept === plain['code'] && quantity === plain['valueQuantity'] && ranges === plain['referenceRange']) return plain;
  return {
    ...plain,
    ...(concept === undefined ? {} : { code: concept }),
    ...(quantity === undefined ? {} : { valueQuantity: quantity }),
    ...(ranges === undefined ? {} : { referenceRange: ranges }),
  };
}

/** The added codings stand in front, the item before the LOINC. */
function unmapConcept(concept: JsonValue | undefined, added: ReadonlySet<string>): JsonValue | undefined {
  if (!isObject(concept) || !Array.isArray(concept['coding']) || !(added.has('item') || added.has('loinc'))) return concept;
  let codings: readonly JsonValue[] = concept['coding'];
  if (added.has('item') && isOf(codings[0], ITEM_SYSTEM)) codings = codings.slice(1);
  if (added.has('loinc') && isOf(codings[0], LOINC_SYSTEM)) codings = codings.slice(1);
  const { coding: _coding, ...rest } = concept;
  return codings.length === 0 ? rest : { ...concept, coding: codings };
}

function isOf(coding: JsonValue | undefined, system: string): boolean {
  return isObject(coding) && coding['system'] === system;
}

function unmapQuantity(quantity: JsonValue | undefined, isCoded: boolean): JsonValue | undefined {
  if (!isObject(quantity)) return quantity;
  const plain = withoutExtension(quantity, COMMON_VALUE_URL);
  if (!isCoded) return plain;
  const { system: _system, code: _code, ...rest } = plain;
  return rest;
}

function unmapRanges(ranges: JsonValue | undefined, added: ReadonlySet<string>): JsonValue | undefined {
  if (!isList(ranges)) return ranges;
  const plain = ranges.map((range, at) => (isObject(range) ? unmapRange(range, at, added) : range));
  return plain.every((range, at) => range === ranges[at]) ? ranges : plain;
}

function unmapRange(range: JsonObject, at: number, added: ReadonlySet<string>): JsonObject {
  if (added.has(`range${at}`)) return withoutLimits(range);
  const low = unmapQuantity(range['low'], added.has(`low${at}`));
  const high = unmapQuantity(range['high'], added.has(`high${at}`));
  if (low === range['low'] && high === range['high']) return range;
  return { ...range, ...(low === undefined ? {} : { low }), ...(high === undefined ? {} : { high }) };
}

/** Limits that were read from the text of the range. */
function withoutLimits(range: JsonObject): JsonObject {
  const { low: _low, high: _high, ...rest } = range;
  return rest;
}
