import type { Comparator } from '../normalize/index.ts';
import { halfWidth, splitComparator } from '../normalize/index.ts';

/** A number that laboratories print as text: `<0.01`, `≥ 1000 mg/dL`. `numeral` is one of JSON. */
export interface PrintedNumber { readonly comparator: Comparator; readonly numeral: string; readonly unit: string }
export interface PrintedRange { readonly low: string | undefined; readonly high: string | undefined; readonly unit: string }

const NUMERAL = String.raw`(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?`;
const MEASURED = new RegExp(String.raw`^(${NUMERAL})\s*(\D.*)?$`, 'u');
const BETWEEN = '~|〜|～|—|–|−|至|to';
const REST = String.raw`\]?\s*(\D.*)?$`;
/** Two hyphens part two positive limits, and stand for a hyphen and a sign behind a negative one. */
const RANGES = [
  new RegExp(String.raw`^\[?(${NUMERAL})\s*(?:--?|${BETWEEN})\s*(${NUMERAL})${REST}`, 'u'),
  new RegExp(String.raw`^\[?(-${NUMERAL})\s*(?:-|${BETWEEN})\s*(-?${NUMERAL})${REST}`, 'u'),
];
const MOST_CHARACTERS = 60;

/**
 * Reads a number with a comparator. A number alone is none of these: what it was measured in is unknown.
 *
 * @returns undefined for any other text; `unit` is as printed, '' for none
 */
export function readCompared(text: string): PrintedNumber | undefined {
  const { comparator, rest } = splitComparator(plainText(text));
  const [, numeral, unit = ''] = comparator === undefined ? [] : MEASURED.exec(rest) ?? [];
  return comparator === undefined || numeral === undefined ? undefined : { comparator, numeral, unit: unit.trim() };
}

/** Reads a reference range: `3.9-6.1`, `3.9～6.1 mmol/L`, `<5`, `≥60`. A range for one sex or age among others in one text is none of these. */
export function readRange(text: string): PrintedRange | undefined {
  const plain = plainText(text);
  const [, low, high, unit = ''] = RANGES.map((form) => form.exec(plain)).find((found) => found !== null) ?? [];
  if (low !== undefined && high !== undefined) return Number(low) <= Number(high) ? { low, high, unit: unit.trim() } : undefined;
  const compared = readCompared(plain);
  if (compared === undefined) return undefined;
  const isUpper = compared.comparator.startsWith('<');
  return { low: isUpper ? undefined : compared.numeral, high: isUpper ? compared.numeral : undefined, unit: compared.unit };
}

/** In half width and no more: in 10⁵ the exponent must not become a digit. */
function plainText(text: string): string {
  return text.length > MOST_CHARACTERS ? '' : halfWidth(text).trim();
}
