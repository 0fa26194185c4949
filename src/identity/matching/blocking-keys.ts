import { hash } from 'node:crypto';
import type { BirthDate } from './birth-date.ts';
import type { Features } from './features.ts';
import type { Name } from './names/name.ts';

/** As many as a record has at the most; the surest come first. */
const MOST = 14;

/**
 * The keys under which records meet: two that share none are not compared. Each kind of error leaves one key as it was:
 * a wrong character leaves the pinyin, a swapped or mistyped birth date leaves the year or the day, a lunar date is met
 * by its own day, a new name is met by phone and birth date.
 *
 * @returns at most 14, each 14 characters of a hash. A hash of a number is still a pseudonym of a person: keep them as you keep the number
 */
export function blockingKeys(features: Features): readonly string[] {
  const keys = new Set<string>([
    ...features.residentIds.map((number) => `id ${number}`),
    ...features.otherIds.map((number) => `other ${number}`),
    ...features.names.flatMap((name) => (name.use === 'nickname' ? [] : nameKeys(name, features))),
    ...features.phones.slice(0, 3).flatMap((phone) => phoneKeys(phone, features)),
    ...guardianKeys(features),
  ]);
  return [...keys].slice(0, MOST).map((key) => hash('sha256', key, 'base64url').slice(0, 14));
}

function nameKeys(name: Name, { birthDates, sex, addresses }: Features): readonly string[] {
  const { whole, family, given } = soundOf(name);
  const dates = birthDates.slice(0, 2);
  return [
    // For records that tell no birth date.
    ...addresses.filter(({ road }) => road !== '').slice(0, 1).map(({ road }) => `home ${whole} ${road}`),
    ...dates.map(({ year }) => `year ${whole} ${year}`),
    ...dates.flatMap((date) => daysOf(date).map((day) => `day ${whole} ${day}`)),
    ...dates.flatMap((date) => (date.day === 0 || family === '' ? [] : [`family ${family} ${date.digits} ${sex ?? ''}`])),
    ...dates.flatMap((date) => (date.day === 0 || given === '' ? [] : [`given ${given} ${date.digits}`])),
    ...(name.script === 'latin' && name.pinyin === undefined ? dates.map(({ digits }) => `letters ${digits}`) : []),
  ];
}

/** Month and day, the smaller first, since they are swapped; and those of the lunar date, for whoever gave that one. */
function daysOf({ month, day, lunar }: BirthDate): readonly string[] {
  if (day === 0) return [];
  return lunar === undefined ? [sorted(month, day)] : [sorted(month, day), sorted(lunar.month, lunar.day)];
}

function sorted(a: number, b: number): string {
  return a < b ? `${a}-${b}` : `${b}-${a}`;
}

/** How a name sounds, the parts in an order that does not depend on which comes first. */
function soundOf(name: Name): { readonly whole: string; readonly family: string; readonly given: string } {
  if (name.script === 'han') return { whole: ordered([name.familyPinyin, name.givenPinyin]), family: name.familyPinyin, given: name.givenPinyin };
  if (name.pinyin !== undefined) return { whole: ordered([name.pinyin.family, name.pinyin.given]), ...name.pinyin };
  return { whole: ordered(name.words), family: '', given: '' };
}

function ordered(parts: readonly string[]): string {
  return [...parts].sort().join('');
}

function phoneKeys(phone: string, { birthDates, names }: Features): readonly string[] {
  const family = names.map(soundOf).find((sound) => sound.family !== '')?.family;
  return [...(family === undefined ? [] : [`phone ${phone} ${family}`]), ...birthDates.slice(0, 1).map(({ digits }) => `phone ${phone} ${digits}`)];
}

function guardianKeys({ guardians, birthDates }: Features): readonly string[] {
  return guardians.slice(0, 2).flatMap((guardian) => birthDates.slice(0, 1).map(({ digits }) => `guardian ${soundOf(guardian).whole} ${digits}`));
}
