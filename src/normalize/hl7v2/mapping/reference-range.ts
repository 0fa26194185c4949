import type { JsonObject } from '../../../fhir/resource.ts';
import { element } from '../datatypes/element.ts';
import { numberIn } from '../datatypes/number.ts';
import type { Unit } from '../datatypes/quantity.ts';

const NUMBER = '[+-]?\\d+(?:\\.\\d+)?';
/** `3.9-6.1`, `3.9--6.1`, `3.9～6.1`, `3.9 至 6.1`, each also in brackets. */
const BOTH = new RegExp(`^[[(（]?\\s*(${NUMBER})\\s*(?:-|–|—{1,2}|－{1,2}|~|～|∼|至|to)\\s*(${NUMBER})\\s*[\\])）]?$`, 'i');
const ONE = new RegExp(`^(<=|>=|=<|=>|<|>|≤|≥|≦|≧|＜|＞)\\s*(${NUMBER})$`);
const LOWER: ReadonlySet<string> = new Set(['>', '>=', '=>', '≥', '≧', '＞']);

/**
 * OBX-7: the text as sent, and its limits where it is one of the usual forms. Limits are in the unit of the value.
 *
 * @see https://hl7.org/fhir/R4/observation-definitions.html#Observation.referenceRange
 */
export function referenceRangeOf(text: string, unit: Unit): JsonObject | undefined {
  if (text === '') return undefined;
  const quantity = (numeral: string): JsonObject | undefined => {
    const value = numberIn(numeral);
    return value === undefined ? undefined : element({ value, ...unit });
  };
  const [, low, upper] = BOTH.exec(text) ?? [];
  if (low !== undefined && upper !== undefined) {
    // `3.9--6.1` is written with two dashes, `-2--1` ends below zero.
    const high = Number(upper) < Number(low) ? upper.replace('-', '') : upper;
    return Number(high) < Number(low) ? { text } : element({ low: quantity(low), high: quantity(high), text });
  }
  const [, sign, limit] = ONE.exec(text) ?? [];
  if (sign === undefined || limit === undefined) return { text };
  return element(LOWER.has(sign) ? { low: quantity(limit), text } : { high: quantity(limit), text });
}
