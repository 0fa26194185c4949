import { decimal } from '../fhir/json.ts';
import type { JsonObject, JsonValue } from '../fhir/resource.ts';
import { isObject, textOf } from '../fhir/resource.ts';
import type { Addition } from './additions.ts';
import type { Measure, UnitTables } from './measure.ts';
import { isUncoded, unitOf, withCommonValue } from './measure.ts';
import { readRange } from './read-number.ts';

/** The value that the ranges belong to. `unit` is that of the item. */
export interface RangedValue { readonly sent: JsonObject; readonly ucum: string; readonly measure: Measure; readonly unit: string; readonly units: UnitTables }

export interface MappedRanges { readonly ranges: readonly JsonValue[]; readonly added: readonly Addition[] }

/**
 * Reference ranges with their limits in the common unit beside. The limits belong to the performer: they are converted by the
 * factor of the value, and only if they are in its unit or in none.
 *
 * @returns undefined where the result has none
 */
export function mapRanges(sent: JsonValue | undefined, value: RangedValue): MappedRanges | undefined {
  if (!Array.isArray(sent)) return undefined;
  const added: Addition[] = [];
  const ranges = sent.map((range: JsonValue, at) => (isObject(range) ? readText(range, at, value, added) ?? mapRange(range, at, value, added) : range));
  return { ranges, added };
}

/** A range that is printed as a text only, in the unit of the value or in none, gets its limits. */
function readText(range: JsonObject, at: number, value: RangedValue, added: Addition[]): JsonObject | undefined {
  const { text, low, high } = range;
  const printed = typeof text === 'string' && low === undefined && high === undefined ? readRange(text) : undefined;
  if (printed === undefined || (printed.unit !== '' && unitOf({ unit: printed.unit }, value.units)?.ucum !== value.ucum)) return undefined;
  added.push(`range${at}`);
  const unit = printed.unit || textOf(value.sent['unit']) || textOf(value.sent['code']);
  const limit = (numeral: string | undefined): JsonObject | undefined => (numeral === undefined ? undefined : withCommonValue({ value: decimal(numeral), ...(unit === '' ? {} : { unit }) }, value.measure, value.unit));
  const [from, to] = [limit(printed.low), limit(printed.high)];
  return { ...range, ...(from === undefined ? {} : { low: from }), ...(to === undefined ? {} : { high: to }) };
}

function mapRange(range: JsonObject, at: number, value: RangedValue, added: Addition[]): JsonObject {
  const limits: Record<string, JsonObject> = {};
  for (const name of ['low', 'high'] as const) {
    const limit = range[name];
    if (!isObject(limit)) continue;
    const ucum = unitOf(limit, value.units)?.ucum;
    if (ucum !== '' && ucum !== value.ucum) continue;
    if (isUncoded(limit, value.measure)) added.push(`${name}${at}`);
    limits[name] = withCommonValue(limit, value.measure, value.unit);
  }
  return { ...range, ...limits };
}
