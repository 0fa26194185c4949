import { addDays } from '../calendar.ts';
import type { Sex } from '../names.ts';
import { createRandom, type Random } from '../random.ts';
import { idParts, residentId } from '../resident-id.ts';
import { drawGivenName, drawSurname } from './chinese-names.ts';
import { drawFamily, drawForeignName, type ForeignName } from './foreign-names.ts';

/** Somebody who lives in the district, as they are and not as they are recorded. */
export interface Inhabitant {
  readonly number: number;
  readonly sex: Sex;
  readonly birthDate: string;
  /** In characters; of foreigners undefined. */
  readonly name: { readonly family: string; readonly given: string } | undefined;
  readonly formerGiven: string | undefined;
  readonly foreign: ForeignName | undefined;
  readonly residentId: string | undefined;
  readonly passport: string | undefined;
  /** From Hong Kong, Macao or Taiwan: writes traditional characters. */
  readonly isPermitHolder: boolean;
  /** Own numbers, the present one first. */
  readonly phones: readonly string[];
  /** Order among twins. */
  readonly twin: number | undefined;
  /** Numbers of the mother and the father within the household. */
  readonly parents: readonly number[];
}

/** People under one roof. */
export interface Household { readonly members: readonly Inhabitant[]; readonly addresses: readonly string[]; readonly landline: string }

/** On this day the records are looked at. */
export const TODAY = '2025-06-30';

const ROADS = [...'中山人民淮海南京西藏河南福建浙江四川广东北京延安复兴建国陕西瑞金茂名石门成都黄陂重庆'.matchAll(/../gu)].flatMap(([name]) => ['东路', '西路', '南路', '北路', '中路'].map((end) => `澄${name}${end}`));
type Role = 'mother' | 'father' | 'child' | 'elder';
const SHAPES: readonly (readonly [readonly Role[], number])[] = [
  [['father'], 14], [['mother'], 14], [['father', 'mother'], 28], [['father', 'mother', 'child'], 24], [['father', 'mother', 'child', 'child'], 8],
  [['father', 'mother', 'child', 'elder'], 6], [['father', 'mother', 'child', 'elder', 'elder'], 4], [['mother', 'child'], 2],
];

/**
 * The household of this number, the same whatever else is made.
 *
 * @param first number of its first member
 */
export function householdAt(index: number, first: number, seed: string): Household {
  const random = createRandom(seed, 'household', index);
  const isForeign = random.chance(0.012);
  const isPermit = !isForeign && random.chance(0.01);
  const roles = random.weighted(SHAPES);
  const family = isForeign ? drawFamily(random) : drawSurname(random);
  const age = random.int(23, 88);
  const members: Inhabitant[] = [];
  const parents = roles.flatMap((role, at) => (role === 'mother' || role === 'father' ? [at] : []));
  const add = (role: Role, twin?: number): void => {
    const siblings = members.filter(({ parents: of }) => of.length > 0);
    members.push(inhabitant(random, { role, family, age, isForeign, isPermit, number: first + members.length, parents: role === 'child' ? parents : [], siblings, twin }));
  };
  for (const role of roles) {
    // One birth in sixty is of twins.
    const areTwins = role === 'child' && random.chance(1 / 60);
    add(role, areTwins ? 1 : undefined);
    if (areTwins) add(role, 2);
  }
  return { members, addresses: [drawAddress(random), drawAddress(random)], landline: `6${digits(random, 7)}` };
}

interface Draft {
  readonly role: Role; readonly family: string; readonly age: number; readonly isForeign: boolean; readonly isPermit: boolean;
  readonly number: number; readonly parents: readonly number[]; readonly siblings: readonly Inhabitant[]; readonly twin: number | undefined;
}

function inhabitant(random: Random, draft: Draft): Inhabitant {
  const { role, family, age, isForeign, isPermit, number, parents, siblings, twin } = draft;
  const sex: Sex = role === 'mother' ? 'female' : role === 'father' ? 'male' : random.pick(['male', 'female']);
  const years = role === 'child' ? Math.max(0, age - random.int(22, 38)) : role === 'elder' ? Math.min(99, age + random.int(22, 34)) : age + random.int(-3, 3);
  const birthDate = twin === 2 && siblings.length > 0 ? siblings.at(-1)?.birthDate ?? TODAY : addDays(TODAY, -(years * 365 + random.int(0, 364)));
  const year = Number(birthDate.slice(0, 4));
  // Wives keep their names, and so do the parents of either.
  const surname = role === 'child' || role === 'father' ? family : drawSurname(random);
  const sibling = siblings.at(-1)?.name?.given;
  const kept = sibling !== undefined && Array.from(sibling).length === 2 && random.chance(twin === undefined ? 0.25 : 0.55) ? sibling.charAt(0) : undefined;
  return {
    number, sex, birthDate, parents, isPermitHolder: isPermit,
    name: isForeign ? undefined : { family: surname, given: otherThan(siblings.map(({ name }) => name?.given), () => drawGivenName(random, sex, year, kept)) },
    formerGiven: !isForeign && years > 5 && random.chance(0.005) ? drawGivenName(random, sex, year) : undefined,
    foreign: isForeign ? drawForeignName(random, sex, role === 'child' ? family : role === 'father' ? family : random.chance(0.7) ? family : drawFamily(random)) : undefined,
    residentId: isForeign ? undefined : residentId(idParts(random, birthDate, sex, isPermit)),
    passport: isForeign ? `${random.pick(['P', 'C', 'E', 'K'])}${digits(random, 8)}` : undefined,
    phones: [mobile(random), mobile(random)],
    twin,
  };
}

/** Brothers and sisters have different names. */
function otherThan(taken: readonly (string | undefined)[], draw: () => string): string {
  for (;;) {
    const name = draw();
    if (!taken.includes(name)) return name;
  }
}

/** Of the form of a mobile number, in a range that no operator has given out. */
function mobile(random: Random): string {
  return `10${digits(random, 9)}`;
}

function drawAddress(random: Random): string {
  const road = ROADS[random.int(0, ROADS.length - 1)] ?? '';
  return random.chance(0.7) ? `${road}${random.int(1, 1500)}弄${random.int(1, 60)}号${random.int(1, 24)}0${random.int(1, 8)}室` : `${road}${random.int(1, 2000)}号${random.int(1, 24)}0${random.int(1, 8)}室`;
}

function digits(random: Random, count: number): string {
  return String(random.int(0, 10 ** count - 1)).padStart(count, '0');
}
