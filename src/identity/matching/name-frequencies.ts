import type { LevelByFrequency, ModelData } from './model.ts';
import type { HanName, LatinName, Name } from './names/name.ts';
import { readingsOf, surnameReading } from './names/pinyin.ts';

/** How often names are met, by characters and by their pinyin. */
export interface NameFrequencies {
  readonly surnames: ReadonlyMap<string, number>;
  readonly surnameReadings: ReadonlyMap<string, number>;
  readonly given: ReadonlyMap<string, number>;
  readonly givenReadings: ReadonlyMap<string, number>;
  /** How often a character stands at one place of a given name. */
  readonly characters: ReadonlyMap<string, number>;
  readonly syllables: ReadonlyMap<string, number>;
  readonly rare: ModelData['frequencies']['rare'];
}

/** Nobody is so rare that a name alone proves anything. */
const RAREST = 2 ** -30;

export function nameFrequencies({ surnames, given, characters, rare }: ModelData['frequencies']): NameFrequencies {
  const read = (text: string): string => Array.from(text).map((character) => readingsOf(character)[0] ?? '').join('');
  return {
    surnames: new Map(Object.entries(surnames)), surnameReadings: summed(surnames, surnameReading), given: new Map(Object.entries(given)), givenReadings: summed(given, read),
    characters: new Map(Object.entries(characters)), syllables: summed(characters, read), rare,
  };
}

function summed(table: Readonly<Record<string, number>>, keyOf: (text: string) => string): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const [text, share] of Object.entries(table)) sums.set(keyOf(text), (sums.get(keyOf(text)) ?? 0) + share);
  return sums;
}

/** How often two strangers would compare as these two names do; the more frequent of the two names counts. */
export function chanceOf(level: LevelByFrequency, [a, b]: readonly [Name, Name], frequencies: NameFrequencies): number {
  const chance = Math.max(frequencyOf(level, a, b, frequencies), frequencyOf(level, b, a, frequencies));
  return Math.min(Math.max(chance, RAREST), 1);
}

function frequencyOf(level: LevelByFrequency, name: Name, other: Name, frequencies: NameFrequencies): number {
  if (name.script === 'latin') return other.script === 'han' ? 0 : ofLatin(level, name, frequencies);
  if (level === 'one-character' && other.script === 'han') return ofKept(name, other, frequencies);
  // An error of one character makes of each name as many as there are ways to err; a homophone is any name of this sound.
  return level === 'exact' || level === 'former' || level === 'nickname' ? ofHan(name, frequencies) : ofSound(name, frequencies);
}

function ofHan({ family, given }: HanName, frequencies: NameFrequencies): number {
  return surnameShare(family, frequencies) * givenShare(given, frequencies);
}

function surnameShare(family: string, { surnames, rare }: NameFrequencies): number {
  return family === '' ? rare.surname : surnames.get(family) ?? rare.surname;
}

function givenShare(given: readonly string[], { given: known, characters, rare }: NameFrequencies): number {
  const share = known.get(given.join(''));
  return share ?? given.reduce((product, character) => product * (characters.get(character) ?? rare.character), 1);
}

function ofSound({ familyPinyin, givenPinyin, given }: HanName, { surnameReadings, givenReadings, syllables, rare }: NameFrequencies): number {
  const bySyllables = given.reduce((product, character) => product * (syllables.get(readingsOf(character)[0] ?? '') ?? rare.character), 1);
  return (surnameReadings.get(familyPinyin) ?? rare.surname) * Math.max(givenReadings.get(givenPinyin) ?? 0, bySyllables);
}

/** What the two names have in common, whatever the rest is. */
function ofKept(a: HanName, b: HanName, frequencies: NameFrequencies): number {
  if (a.family !== b.family) return givenShare(a.given, frequencies);
  const kept = a.given.filter((character) => b.given.includes(character));
  const shares = kept.map((character) => frequencies.characters.get(character) ?? frequencies.rare.character);
  return surnameShare(a.family, frequencies) * 2 * shares.reduce((product, share) => product * share, 1);
}

/** Words in another order, short forms and words with an error are met somewhat more often than the words themselves. */
function ofLatin(level: LevelByFrequency, { words, pinyin }: LatinName, { surnameReadings, givenReadings, rare }: NameFrequencies): number {
  const slack = level === 'exact' || level === 'former' ? 1 : level === 'typo' ? 6 : 2;
  if (pinyin !== undefined) return slack * (surnameReadings.get(pinyin.family) ?? rare.surname) * (givenReadings.get(pinyin.given) ?? rare.givenPinyin);
  return slack * rare.latin * rare.word ** Math.min(words.length, 2);
}
