import { isNumeric, numberOf } from '../json.ts';
import { isObject } from '../resource.ts';
import type { JsonValue } from '../resource.ts';

/** True when the value is the same as `fixed[x]`: no more and no less. */
export function equalsFixed(value: unknown, fixed: JsonValue): boolean {
  if (Array.isArray(fixed)) return Array.isArray(value) && value.length === fixed.length && fixed.every((item: JsonValue, i) => equalsFixed(value[i], item));
  if (!isObject(fixed)) return samePrimitive(value, fixed);
  if (!isObject(value) || Object.keys(value).length !== Object.keys(fixed).length) return false;
  return Object.entries(fixed).every(([name, part]) => part !== undefined && equalsFixed(value[name], part));
}

/** True when the value holds at least what `pattern[x]` does; each item of a pattern's array must match some item. */
export function matchesPattern(value: unknown, pattern: JsonValue): boolean {
  if (Array.isArray(pattern)) return Array.isArray(value) && pattern.every((part: JsonValue) => value.some((item) => matchesPattern(item, part)));
  if (!isObject(pattern)) return samePrimitive(value, pattern);
  if (!isObject(value)) return false;
  for (const name in pattern) {
    const part = pattern[name];
    if (part !== undefined && !matchesPattern(value[name], part)) return false;
  }
  return true;
}

function samePrimitive(value: unknown, expected: JsonValue): boolean {
  return value === expected || (isNumeric(value) && isNumeric(expected) && numberOf(value) === numberOf(expected));
}
