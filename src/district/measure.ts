import { yearsBetween } from './calendar.ts';
import { derive, POSITIVE_SHARE, spreadOf, type Spread } from './physiology.ts';
import { createRandom, type Random } from './random.ts';
import type { Resident } from './residents.ts';

/** One blood sample: asks for any item of the catalogue, in the catalogue's unit; the answers agree with each other. */
export interface Sample {
  quantity(item: string): number;
  isPositive(item: string): boolean;
}

/** Shares of older and of younger adults who live with a condition, and what it does to their values. */
const CONDITIONS = [
  { name: 'diabetes', old: 0.22, young: 0.04, shifts: { GLU: 1.55, HBA1C: 1.38, TG: 1.3 } },
  { name: 'dyslipidaemia', old: 0.3, young: 0.12, shifts: { TC: 1.28, TG: 1.5, APOB: 1.3 } },
  { name: 'renal', old: 0.08, young: 0.01, shifts: { CREA: 1.7, UREA: 1.6, CYSC: 1.6, UA: 1.2, K: 1.06 } },
  { name: 'anaemia', old: 0.1, young: 0.06, shifts: { RBC: 0.84, MCV: 0.92, FERR: 0.25, FE: 0.55 } },
  { name: 'liver', old: 0.07, young: 0.06, shifts: { ALT: 2.6, AST: 2, GGT: 2.4, TBIL: 1.4 } },
  { name: 'gout', old: 0.12, young: 0.1, shifts: { UA: 1.35 } },
  { name: 'thyroid', old: 0.06, young: 0.05, shifts: { TSH: 3.2, FT4: 0.82, TPOAB: 9 } },
] as const satisfies readonly { readonly name: string; readonly old: number; readonly young: number; readonly shifts: Readonly<Record<string, number>> }[];

/** Share of the spread among people that is a person's own and stays; the rest changes from day to day. */
const PERSONAL = 0.85;
const OF_THE_DAY = 0.3;
/** Standard deviations between the middle and a reference limit. */
const TO_LIMIT = 2.3;
/** Spread of a skewed quantity, on the logarithm. */
const LOG_SPREAD = 0.42;

/**
 * @param seed that of the district: the same resident has the same body in every institution
 * @param day when the blood was taken
 */
export function takeSample(seed: string, resident: Resident, day: string): Sample {
  const shifts = conditionsOf(createRandom(seed, 'conditions', resident.index), resident, yearsBetween(resident.birthDate, day));
  const known = new Map<string, number>();
  const isPositive = (item: string): boolean => createRandom(seed, 'own', resident.index, item).chance(POSITIVE_SHARE[item] ?? 0);
  const quantity = (item: string): number => {
    const value = known.get(item) ?? derive(item, { sex: resident.sex, ageYears: yearsBetween(resident.birthDate, day), of: quantity, isPositive }) ?? measured(item);
    known.set(item, value);
    return value;
  };
  const measured = (item: string): number => {
    const spread = spreadOf(item, resident.sex);
    if (spread === undefined) throw new RangeError(`Nothing is known about the item ${item}`);
    const own = createRandom(seed, 'own', resident.index, item).normal();
    const ofTheDay = createRandom(seed, 'day', resident.index, item, day).normal();
    return valueAt(spread, clamp(own * PERSONAL + ofTheDay * OF_THE_DAY)) * (shifts.get(item) ?? 1);
  };
  return { quantity, isPositive };
}

function conditionsOf(random: Random, resident: Resident, ageYears: number): ReadonlyMap<string, number> {
  const shifts = new Map<string, number>();
  for (const condition of CONDITIONS) {
    const isCertain = resident.case === 'many-institutions' && condition.name === 'diabetes';
    if (!isCertain && !random.chance(ageYears >= 60 ? condition.old : condition.young)) continue;
    for (const [item, factor] of Object.entries(condition.shifts)) shifts.set(item, (shifts.get(item) ?? 1) * factor);
  }
  return shifts;
}

function valueAt({ median, low = 0, high = low }: Spread, deviations: number): number {
  if (median !== undefined) return median * Math.exp(deviations * LOG_SPREAD);
  return (low + high) / 2 + (deviations * (high - low)) / 2 / TO_LIMIT;
}

/** Nobody is further from the middle than life allows. */
function clamp(deviations: number): number {
  return Math.max(-2.2, Math.min(3.2, deviations));
}
