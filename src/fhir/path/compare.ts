import { parseMoment } from '../dates.ts';
import { isNumeric, numberOf } from '../json.ts';
import { isList, isObject, type JsonObject, type JsonValue } from '../resource.ts';
import { plain, type Collection, type Item } from './item.ts';
import type { Shapes } from './shape.ts';

const DATE_TYPES: ReadonlySet<string> = new Set(['date', 'dateTime', 'instant']);
const DATE_TEXT = /^\d{4}(-\d{2}(-\d{2}(T.*)?)?)?$/;

/** How two texts are compared: as dates where either side is known to be one, or where nothing is known and both look so. */
export type TextOrder = 'text' | 'date' | 'unknown';

export function textOrder(left: Shapes, right: Shapes): TextOrder {
  const isDate = (shapes: Shapes) => shapes?.some((shape) => DATE_TYPES.has(shape.type)) === true;
  if (isDate(left) || isDate(right)) return 'date';
  return left === undefined && right === undefined ? 'unknown' : 'text';
}

/** Whether two collections are equal, item by item and in order; undefined when one is empty or dates differ in precision only. @see http://hl7.org/fhirpath/N1/#equals */
export function areEqual(left: Collection, right: Collection, order: TextOrder): boolean | undefined {
  if (left.length === 0 || right.length === 0) return undefined;
  if (left.length !== right.length) return false;
  let equal: boolean | undefined = true;
  for (const [i, item] of left.entries()) {
    const other = right[i];
    const same = other === undefined ? false : isEqual(item, other, order);
    if (same === false) return false;
    equal = same === undefined ? undefined : equal;
  }
  return equal;
}

/** Whether two items are equal; undefined when that cannot be known. */
export function isEqual(left: Item, right: Item, order: TextOrder): boolean | undefined {
  const a = plain(left);
  const b = plain(right);
  if (a === b && a !== undefined) return true;
  if (typeof a === 'string' && typeof b === 'string' && isDateOrder(a, b, order)) {
    const difference = compareDates(a, b);
    return difference === undefined ? undefined : difference === 0;
  }
  return a !== undefined && b !== undefined && sameJson(a, b);
}

/** Negative, zero or positive as left is less than, equal to or greater than right; undefined when they cannot be compared. */
export function compareItems(left: Item, right: Item, order: TextOrder): number | undefined {
  const a = plain(left);
  const b = plain(right);
  if (isNumeric(a) && isNumeric(b)) return numberOf(a) - numberOf(b);
  if (typeof a === 'string' && typeof b === 'string') return isDateOrder(a, b, order) ? compareDates(a, b) : compareTexts(a, b);
  return isObject(a) && isObject(b) ? compareQuantities(a, b) : undefined;
}

/** The position of an equal item, -1 when there is none. */
export function indexIn(items: Collection, item: Item, order: TextOrder): number {
  return items.findIndex((other) => isEqual(other, item, order) === true);
}

/** Without repetitions, in the order of first appearance. */
export function distinct(items: Collection): Collection {
  if (items.length < 2) return items;
  const seen = new Set<unknown>();
  const kept: Item[] = [];
  for (const item of items) {
    const value = plain(item);
    const isNew = isObject(value) ? indexIn(kept, item, 'text') < 0 : !seen.has(keyOf(value));
    if (!isNew) continue;
    seen.add(keyOf(value));
    kept.push(item);
  }
  return kept;
}

function keyOf(value: unknown): unknown {
  return isNumeric(value) ? numberOf(value) : value;
}

function isDateOrder(a: string, b: string, order: TextOrder): boolean {
  return order === 'date' || (order === 'unknown' && DATE_TEXT.test(a) && DATE_TEXT.test(b));
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Seconds and milliseconds count as one precision. Of two precisions, only ranges without overlap can be compared. @see http://hl7.org/fhirpath/N1/#datetime-comparison */
function compareDates(a: string, b: string): number | undefined {
  const left = parseMoment(a);
  const right = parseMoment(b);
  if (left === undefined || right === undefined) return undefined;
  const precision = (moment: typeof left) => (moment.precision === 'millisecond' ? 'second' : moment.precision);
  if (precision(left) === precision(right)) return left.start - right.start;
  if (left.end < right.start) return -1;
  return left.start > right.end ? 1 : undefined;
}

/** Quantities of one unit; no unit is converted here. */
function compareQuantities(a: JsonObject, b: JsonObject): number | undefined {
  const { value: left } = a;
  const { value: right } = b;
  if (!isNumeric(left) || !isNumeric(right)) return undefined;
  const haveCodes = a['code'] !== undefined && b['code'] !== undefined;
  const sameUnit = haveCodes ? a['code'] === b['code'] && a['system'] === b['system'] : a['unit'] === b['unit'] || a['unit'] === b['code'] || a['code'] === b['unit'];
  return sameUnit ? numberOf(left) - numberOf(right) : undefined;
}

function sameJson(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (isNumeric(a) && isNumeric(b)) return numberOf(a) === numberOf(b);
  if (isList(a) && isList(b)) return a.length === b.length && a.every((item, i) => sameJson(item, b[i]));
  if (!isObject(a) || !isObject(b)) return a === b;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => sameJson(a[name], b[name]));
}
