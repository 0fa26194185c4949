import { addDays } from './calendar.ts';
import { homeAddress, mobileNumber, newbornName, personName, type Sex } from './names.ts';
import { createRandom, type Random } from './random.ts';
import { idParts, residentId } from './resident-id.ts';

/** Why a resident is in the district: `ordinary`, or one of the cases that an exchange must get right. */
export type Case =
  | 'ordinary'
  | 'many-institutions' // seen at four institutions that report in different codes and units
  | 'borrowed-card' // one institution has another person's name under this resident's number
  | 'legacy-id' // one institution still keeps the number of 15 digits
  | 'residence-permit' // from Hong Kong, Macao or Taiwan
  | 'newborn' // has no number yet, and is called after the mother
  | 'twin'
  | 'corrected-report' // a laboratory ran the samples again and sent the report once more
  | 'renamed'; // changed the name between two visits

/** One person who lives in the district. */
export interface Resident {
  /** From 0. */
  readonly index: number;
  readonly case: Case;
  readonly name: string;
  /** Name before a change of name. */
  readonly formerName?: string;
  /** Who used this resident's card at another institution. */
  readonly cardBorrower?: string;
  readonly sex: Sex;
  readonly birthDate: string;
  /** 18 characters; undefined for a newborn. */
  readonly residentId: string | undefined;
  readonly phone: string;
  readonly address: string;
}

/** Last day of every district that a command makes. */
export const DISTRICT_END = '2025-06-30';

export interface DistrictOptions {
  readonly residents: number;
  readonly seed: string;
  /** Last day of the year in which the visits lie. Fixed, so that the same seed gives the same district on any day. */
  readonly until: string;
}

/** The cases stand at the start of each block of this many residents, so that every district of this size has all. */
const BLOCK = 40;
const CASES: readonly Case[] = ['many-institutions', 'borrowed-card', 'legacy-id', 'residence-permit', 'newborn', 'twin', 'twin', 'renamed', 'corrected-report'];

export function caseOf(index: number): Case {
  return CASES[index % BLOCK] ?? 'ordinary';
}

/** The resident of this number, the same whatever else is generated. */
export function residentAt(index: number, options: DistrictOptions): Resident {
  const kind = caseOf(index);
  const random = createRandom(options.seed, 'resident', index);
  if (kind === 'newborn') return newborn(index, random, options);
  if (kind === 'twin') return twin(index, options);
  const sex = random.pick<Sex>(['male', 'female']);
  const isElderly = kind === 'legacy-id' || kind === 'many-institutions';
  const birthDate = isElderly ? addDays(options.until, -random.int(55, 80) * 365) : birthDateOf(random, options.until);
  const base = {
    index, case: kind, sex, birthDate, name: personName(random, sex), phone: mobileNumber(random), address: homeAddress(random),
    residentId: residentId(idParts(random, birthDate, sex, kind === 'residence-permit')),
  };
  if (kind === 'renamed') return { ...base, formerName: nameOtherThan(base.name, () => personName(random, sex, base.name.slice(0, 1))) };
  return kind === 'borrowed-card' ? { ...base, cardBorrower: nameOtherThan(base.name, () => personName(random, sex)) } : base;
}

function nameOtherThan(name: string, draw: () => string): string {
  const drawn = draw();
  return drawn === name ? nameOtherThan(name, draw) : drawn;
}

function newborn(index: number, random: Random, options: DistrictOptions): Resident {
  const sex = random.pick<Sex>(['male', 'female']);
  return {
    index, case: 'newborn', sex, name: newbornName(personName(random, 'female'), sex), residentId: undefined,
    birthDate: addDays(options.until, -random.int(5, 60)), phone: mobileNumber(random), address: homeAddress(random),
  };
}

/** Twins share family name, birth and home; their numbers follow one another. */
function twin(index: number, options: DistrictOptions): Resident {
  const isSecond = caseOf(index - 1) === 'twin';
  const shared = createRandom(options.seed, 'twins', isSecond ? index - 1 : index);
  const birthDate = birthDateOf(shared, options.until);
  const elder = idParts(shared, birthDate, 'male');
  const sex: Sex = isSecond ? 'female' : 'male';
  const [family, phone, address] = [personName(shared, 'male').slice(0, 1), mobileNumber(shared), homeAddress(shared)];
  const name = personName(createRandom(options.seed, 'resident', index), sex, family);
  return { index, case: 'twin', sex, name, birthDate, phone, address, residentId: residentId({ ...elder, order: elder.order + (isSecond ? 1 : 0) }) };
}

/** Half of those who come to be tested are over sixty. */
function birthDateOf(random: Random, until: string): string {
  const age = random.weighted([[random.int(3, 17), 1], [random.int(18, 39), 3], [random.int(40, 59), 4], [random.int(60, 92), 8]]);
  return addDays(until, -age * 365 - random.int(0, 364));
}
