import { isNumeric, numberOf } from '../json.ts';
import { isObject, textOf, type JsonObject, type JsonValue } from '../resource.ts';
import { plain, type Item } from '../path/compile.ts';
import type { NumberRange } from './number-range.ts';
import type { TermLists } from './term-lists.ts';

const CURRENCY = 'urn:iso:std:iso:4217';
const LOWEST = -Number.MAX_VALUE;
const HIGHEST = Number.MAX_VALUE;

/** Adds a decimal, an integer or a Range. A number is indexed as the one point that it is; the searched value has the precision. */
export function addNumbers(item: Item, param: string, into: TermLists): void {
  const value = plain(item);
  const range = isNumeric(value) ? pointOf(value) : isObject(value) ? rangeOf(value)?.range : undefined;
  if (range !== undefined) into.number.push({ param, ...range });
}

/**
 * Adds a Quantity (Age, Duration…), Money or Range, under its coded unit and, where that differs, under its printed unit.
 * SampledData has no one value and is left out.
 * @see https://hl7.org/fhir/R4/search.html#quantity
 */
export function addQuantities(item: Item, param: string, into: TermLists): void {
  const value = plain(item);
  if (!isObject(value)) return;
  const quantity = rangeOf(value) ?? valueOf(value);
  if (quantity === undefined) return;
  const { range, unit } = quantity;
  const system = textOf(unit['system']);
  const code = textOf(unit['code']);
  const printed = textOf(unit['unit']);
  if (code !== '' || printed === '') into.quantity.push({ param, ...range, system, code });
  if (printed !== '' && printed !== code) into.quantity.push({ param, ...range, system: '', code: printed });
}

interface Measured { readonly range: NumberRange; readonly unit: JsonObject }

function valueOf(quantity: JsonObject): Measured | undefined {
  const { value, comparator, currency } = quantity;
  if (!isNumeric(value)) return undefined;
  const unit: JsonObject = typeof currency === 'string' ? { system: CURRENCY, code: currency } : quantity;
  const point = pointOf(value);
  return point === undefined ? undefined : { range: opened(point, comparator), unit };
}

/** A Range with an open end reaches to the end of all numbers. */
function rangeOf({ low, high }: JsonObject): Measured | undefined {
  const from = isObject(low) ? valueOf(low) : undefined;
  const to = isObject(high) ? valueOf(high) : undefined;
  const unit = from?.unit ?? to?.unit;
  return unit === undefined ? undefined : { range: { low: from?.range.low ?? LOWEST, high: to?.range.high ?? HIGHEST }, unit };
}

/** `<5` is anything below 5. */
function opened(point: NumberRange, comparator: JsonValue | undefined): NumberRange {
  if (comparator === '<' || comparator === '<=') return { low: LOWEST, high: point.high };
  if (comparator === '>' || comparator === '>=') return { low: point.low, high: HIGHEST };
  return point;
}

function pointOf(value: Parameters<typeof numberOf>[0]): NumberRange | undefined {
  const number = numberOf(value);
  return Number.isFinite(number) ? { low: number, high: number } : undefined;
}
