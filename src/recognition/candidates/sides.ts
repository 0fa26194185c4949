import type { JsonValue } from '../../fhir/resource.ts';
import { codingsOf, wordsOf } from './elements.ts';

/** Sides of the body in SNOMED CT and DICOM. @see https://hl7.org/fhir/R4/valueset-bodysite-laterality.html */
const SIDES: ReadonlyMap<string, string> = new Map([
  ['7771000', 'left'], ['419161000', 'left'], ['L', 'left'],
  ['24028007', 'right'], ['419465000', 'right'], ['R', 'right'],
  ['51440002', 'both'], ['B', 'both'],
]);
const SIDE_WORDS: readonly (readonly [word: RegExp, side: string])[] = [[/双侧|两侧|\bbilateral\b/i, 'both'], [/左|\bleft\b/i, 'left'], [/右|\bright\b/i, 'right']];

/** `left`, `right` or `both`, by codes first and by words next; two sides that contradict each other are none. */
export function sideOf(...concepts: readonly (JsonValue | undefined)[]): string | undefined {
  const coded = concepts.flatMap((concept) => codingsOf(concept)).flatMap(({ code }) => SIDES.get(code) ?? []);
  const sides = new Set(coded.length > 0 ? coded : concepts.flatMap((concept) => sidesIn(wordsOf(concept))));
  return sides.size === 1 ? [...sides][0] : undefined;
}

/** Of a Coding that stands by itself, such as `series.laterality`. */
export function codedSide(coding: JsonValue | undefined): string | undefined {
  return coding === undefined ? undefined : sideOf({ coding: [coding] });
}

function sidesIn(words: string): readonly string[] {
  const [both, ...single] = SIDE_WORDS.filter(([word]) => word.test(words)).map(([, side]) => side);
  if (both === undefined) return [];
  return both === 'both' ? [both] : [both, ...single];
}

/** Whether contrast was given, or is asked for, as the words of a name say. */
export function contrastOf(...concepts: readonly (JsonValue | undefined)[]): 'with' | 'without' | undefined {
  const words = concepts.map((concept) => wordsOf(concept)).join(' ');
  const isPlain = /平扫|\b(without|w\/o|non-?) ?contrast/i.test(words);
  const isEnhanced = /增强|\bwith contrast\b|\bcontrast[- ]enhanced\b/i.test(words);
  // A plain and an enhanced scan in one examination show what both show.
  if (isEnhanced) return 'with';
  return isPlain ? 'without' : undefined;
}
