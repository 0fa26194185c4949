import type { NameLevel } from './levels.ts';
import type { LatinName } from './names/name.ts';
import { isShortFor } from './names/nicknames.ts';
import { isOneEdit } from './slips.ts';

/** How two names in letters compare: order, hyphens and spaces, nicknames, one typing error, missing middle names. */
export function compareLatinNames(a: LatinName, b: LatinName): NameLevel {
  if (a.words.join('') === b.words.join('')) return haveSwappedFamily(a, b) ? 'swapped' : 'exact';
  if (isSamePinyin(a, b)) return 'exact';
  const [short, long] = a.words.length <= b.words.length ? [a.words, b.words] : [b.words, a.words];
  const rest = [...long];
  const open = short.filter((word) => !takes(rest, (other) => other === word));
  if (open.length === 0) return short.length === long.length ? 'swapped' : partial(short);
  if (short.length === long.length) {
    if (open.length === 1 && isShortFor(open[0] ?? '', rest[0] ?? '') && short.length > 1) return 'nickname';
    const left = [...rest];
    if (open.length < 2 && open.every((word) => word.length > 3 && takes(left, (other) => isOneEdit(word, other)))) return 'typo';
  }
  // `J Smith` and `John Smith`, `John H Smith` and `John Henry Smith`.
  if (short.length > 1 && open.length < short.length && open.every((word) => takes(rest, (other) => other[0] === word[0] && (word.length === 1 || other.length === 1)))) return 'partial';
  return isSameFamily(a, b, short.length - open.length) ? 'family-only' : 'differs';
}

/** A single word that one has and the other too is not yet a name. */
function partial(short: readonly string[]): NameLevel {
  return short.length > 1 ? 'partial' : 'family-only';
}

/** Both say which part is the surname, and it is what the other says is the given name. */
function haveSwappedFamily(a: LatinName, b: LatinName): boolean {
  return a.family.length > 0 && b.family.length > 0 && a.family.join('') !== b.family.join('');
}

function isSamePinyin(a: LatinName, b: LatinName): boolean {
  return a.pinyin !== undefined && b.pinyin !== undefined && a.pinyin.family === b.pinyin.family && a.pinyin.given === b.pinyin.given;
}

function isSameFamily(a: LatinName, b: LatinName, sharedWords: number): boolean {
  if (a.family.length > 0 && b.family.length > 0) return a.family.join('') === b.family.join('');
  return a.pinyin !== undefined && b.pinyin !== undefined ? a.pinyin.family === b.pinyin.family : sharedWords > 0;
}

/** Takes the first that is wanted out of the list. */
function takes(words: string[], isWanted: (word: string) => boolean): boolean {
  const at = words.findIndex(isWanted);
  if (at >= 0) words.splice(at, 1);
  return at >= 0;
}
