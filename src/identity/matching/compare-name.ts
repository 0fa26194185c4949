import { compareLatinNames } from './compare-latin-name.ts';
import { LEVELS, type LevelOf, type NameLevel } from './levels.ts';
import { lookAlike } from './names/characters.ts';
import type { HanName, LatinName, Name } from './names/name.ts';
import { isReadingOf, readingsOf } from './names/pinyin.ts';
import { mayBeSameChild } from './names/placeholder.ts';

/** How two records compare by name, and by which of their names. */
export interface NameComparison { readonly level: LevelOf<'name'>; readonly names: readonly [Name, Name] | undefined }

/** The surest level that any two names of the records have. */
export function compareNames(a: readonly Name[], b: readonly Name[]): NameComparison {
  let best: NameComparison = { level: 'missing', names: undefined };
  let rank: number = LEVELS.name.length;
  for (const left of a) {
    for (const right of b) {
      const level = compareTwoNames(left, right);
      const at = LEVELS.name.indexOf(level);
      if (at < rank) [best, rank] = [{ level, names: [left, right] }, at];
    }
  }
  return best;
}

export function compareTwoNames(a: Name, b: Name): NameLevel {
  if (a.child !== undefined || b.child !== undefined) return compareChildren(a, b);
  const level = compareWritten(a, b);
  const isSame = level === 'exact' || level === 'pinyin';
  // Of a former name and of a nickname nothing but the whole counts: that they differ is what they are for.
  if (a.use === 'old' || b.use === 'old') return isSame ? 'former' : 'differs';
  if (a.use === 'nickname' || b.use === 'nickname') return isSame ? 'nickname' : 'differs';
  return level;
}

function compareChildren(a: Name, b: Name): NameLevel {
  if (a.child === undefined || b.child === undefined) return 'unnamed';
  const mothers = compareWritten(a, b);
  if (mothers !== 'exact' && mothers !== 'homophone' && mothers !== 'pinyin') return 'differs';
  return mayBeSameChild(a.child, b.child) ? 'placeholder' : 'other-child';
}

function compareWritten(a: Name, b: Name): NameLevel {
  if (a.script === 'han') return b.script === 'han' ? compareHan(a, b) : compareScripts(a, b);
  return b.script === 'han' ? compareScripts(b, a) : compareLatinNames(a, b);
}

function compareHan(a: HanName, b: HanName): NameLevel {
  // Somebody has told these two apart.
  if (a.tail !== '' && b.tail !== '' && a.tail !== b.tail) return familyLevel(a, b);
  if (a.full === b.full) return 'exact';
  const [left, right] = [Array.from(a.full), Array.from(b.full)];
  if (left.length !== right.length) return isShortened(left, right) ? 'one-character' : familyLevel(a, b);
  const different = left.flatMap((character, at) => (character === right[at] ? [] : [[character, right[at] ?? ''] as const]));
  if (different.every(([one, other]) => soundAlike(one, other)) || (a.familyPinyin === b.familyPinyin && a.given.every((one, at) => soundAlike(one, b.given[at] ?? '')))) return 'homophone';
  if (different.length === 1 && different.every(([one, other]) => lookAlike(one, other))) return 'look-alike';
  // Of a given name of one character nothing is left.
  if (a.family === b.family && a.given.length < 2) return familyLevel(a, b);
  const isTurned = different.length === 2 && a.family === b.family && different[0]?.[0] === different[1]?.[1] && different[0]?.[1] === different[1]?.[0];
  return left.length > 2 && (different.length === 1 || isTurned) ? 'one-character' : familyLevel(a, b);
}

/** 张伟 for 张小伟: one of three or more characters is missing, and not the first. */
function isShortened(a: readonly string[], b: readonly string[]): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  if (long.length !== short.length + 1 || short.length < 2 || short[0] !== long[0]) return false;
  let at = 0;
  while (at < short.length && short[at] === long[at]) at++;
  return short.slice(at).every((character, index) => character === long[at + 1 + index]);
}

function familyLevel(a: HanName, b: HanName): NameLevel {
  return a.family !== '' && a.family === b.family ? 'family-only' : 'differs';
}

function soundAlike(a: string, b: string): boolean {
  if (a === b) return true;
  const others = readingsOf(b);
  return readingsOf(a).some((reading) => others.includes(reading));
}

function compareScripts(han: HanName, latin: LatinName): NameLevel {
  const letters = latin.pinyin === undefined ? latin.words.join('') : latin.pinyin.family + latin.pinyin.given;
  if (isReading(han, letters) || (latin.pinyin !== undefined && isReading(han, latin.pinyin.given + latin.pinyin.family))) return 'pinyin';
  if (latin.pinyin === undefined) return 'scripts';
  return latin.pinyin.family === han.familyPinyin ? 'family-only' : 'differs';
}

function isReading({ familyPinyin, given }: HanName, letters: string): boolean {
  return letters.startsWith(familyPinyin) && isReadingOf(letters.slice(familyPinyin.length), given);
}
