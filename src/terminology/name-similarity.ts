import { foldText } from '../fhir/search/fold.ts';

/** Signs that laboratories set anywhere in a name, without meaning. */
const WITHOUT_MEANING = /[\s()\[\]{}（）【】,，.。、:：;；'"*★_/\\-]+/gu;

/**
 * How alike two names of tests are, from 0 to 1: the share of their pairs of neighbouring characters that they have in
 * common. It works for Chinese names as for Latin ones and abbreviations, and asks for no word boundaries.
 */
export function nameSimilarity(a: string, b: string): number {
  const [left, right] = [plain(a), plain(b)];
  if (left === '' || right === '') return 0;
  if (left === right) return 1;
  const [short, long] = left.length <= right.length ? [left, right] : [right, left];
  // 血清葡萄糖 and 葡萄糖: one is part of the other's name. A single letter is part of too many.
  const contained = long.includes(short) && short.length >= 2 ? 0.5 + 0.4 * (short.length / long.length) : 0;
  return Math.max(contained, dice(pairsOf(left), pairsOf(right)));
}

function plain(name: string): string {
  return foldText(name).replace(WITHOUT_MEANING, '');
}

/** With both ends, so that the first and the last character count as much as those between. */
function pairsOf(text: string): ReadonlyMap<string, number> {
  const characters = ['^', ...Array.from(text), '$'];
  const pairs = new Map<string, number>();
  for (let at = 0; at + 1 < characters.length; at++) {
    const pair = `${characters[at] ?? ''}${characters[at + 1] ?? ''}`;
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  }
  return pairs;
}

function dice(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  let common = 0;
  for (const [pair, count] of a) common += Math.min(count, b.get(pair) ?? 0);
  const all = [...a.values(), ...b.values()].reduce((sum, count) => sum + count, 0);
  return (2 * common) / all;
}
