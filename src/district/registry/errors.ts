import { residentCheckDigit } from '../../fhir/validation/identifiers.ts';
import { addDays } from '../calendar.ts';
import type { Random } from '../random.ts';
import { homophone, lookAlikeOf, drawGivenName } from './chinese-names.ts';
import type { Inhabitant } from './people.ts';
import type { Rates } from './rates.ts';

/** A name with an error of writing, or as it is. */
export function misspelt(random: Random, name: { readonly family: string; readonly given: string }, { person: { sex, birthDate }, rates }: { readonly person: Inhabitant; readonly rates: Rates }): { readonly family: string; readonly given: string } {
  const draw = random.next();
  const { homophone: byEar, lookAlike: byEye, otherCharacter } = rates.name;
  // The surname is read aloud and known: one error in eight is in it.
  const isInFamily = random.chance(1 / 8) && name.family.length === 1;
  const whole = isInFamily ? name.family : name.given;
  const at = random.int(0, whole.length - 1);
  const wrong = draw < byEar ? homophone(random, whole.charAt(at))
    : draw < byEar + byEye ? lookAlikeOf(random, whole.charAt(at))
      : draw < byEar + byEye + otherCharacter ? drawGivenName(random, sex, Number(birthDate.slice(0, 4))).charAt(0) : undefined;
  if (wrong === undefined) return name;
  const changed = whole.slice(0, at) + wrong + whole.slice(at + 1);
  return isInFamily ? { ...name, family: changed } : { ...name, given: changed };
}

/** One digit wrong or two of them the other way round; not one of those before `from`. */
export function mistyped(random: Random, digits: string, from = 0): string {
  const at = random.int(from, digits.length - 2);
  const [one, other] = [digits.charAt(at), digits.charAt(at + 1)];
  if (one !== other && random.chance(0.5)) return digits.slice(0, at) + other + one + digits.slice(at + 2);
  return digits.slice(0, at) + String((Number(one) + random.int(1, 9)) % 10) + digits.slice(at + 1);
}

/** A birth date with what goes wrong with birth dates; undefined where it is not told. */
export function misdated(random: Random, birthDate: string, { hasNumber, rates }: { readonly hasNumber: boolean; readonly rates: Rates }): string | undefined {
  const { missing, swapped, mistyped: typed, lunar, firstOfYear, despiteNumber } = rates.birthDate;
  const share = hasNumber ? despiteNumber : 1;
  if (random.chance(missing * share)) return undefined;
  if (random.chance(swapped * share) && Number(birthDate.slice(8)) <= 12) return `${birthDate.slice(0, 5)}${birthDate.slice(8)}-${birthDate.slice(5, 7)}`;
  if (random.chance(typed * share)) return wrongDay(random, birthDate);
  const isOld = birthDate < '1975';
  if (isOld && !hasNumber && random.chance(lunar)) return lunarDate(birthDate);
  return isOld && !hasNumber && random.chance(firstOfYear) ? `${birthDate.slice(0, 5)}01-01` : birthDate;
}

/** A date that exists; where the slip makes none, another day. */
function wrongDay(random: Random, birthDate: string): string {
  const wrong = mistyped(random, birthDate.replaceAll('-', ''), 2);
  const date = `${wrong.slice(0, 4)}-${wrong.slice(4, 6)}-${wrong.slice(6)}`;
  const isReal = !Number.isNaN(Date.parse(date)) && new Date(date).toISOString().startsWith(date);
  return isReal ? date : addDays(birthDate, random.pick([-10, -1, 1, 10]));
}

const CHINESE = new Intl.DateTimeFormat('en-u-ca-chinese', { year: 'numeric', month: 'numeric', day: 'numeric', timeZone: 'UTC' });

/** The lunar date, given as if it were of the common calendar. */
function lunarDate(birthDate: string): string {
  // `6bis/13/1960`, where the sixth month is a leap month.
  const [month = '', day = '', year = ''] = CHINESE.format(new Date(birthDate)).split('/');
  const date = `${year}-${month.replace('bis', '').padStart(2, '0')}-${day.padStart(2, '0')}`;
  return Number.isNaN(Date.parse(date)) ? birthDate : date;
}

/** The number with one slip. It is no valid one then: the check digit sees each of them. */
export function mistypedNumber(random: Random, number: string): string {
  const wrong = mistyped(random, number.slice(0, 17), 6) + number.charAt(17);
  return residentCheckDigit(wrong.slice(0, 17)) === wrong.charAt(17) ? number : wrong;
}
