import type { Features } from './features.ts';
import { type ComparedRecords, compareRecords } from './compare-records.ts';
import { type Field, FIELDS, type FieldComparison, type Grade, type Judgement } from './judgement.ts';
import type { Comparison, LevelOf } from './levels.ts';
import { isByFrequency, type MatchModel, type Weight } from './model.ts';
import { chanceOf } from './name-frequencies.ts';

/**
 * Whether two records are of one person: by rule where they share a valid number or contradict each other, else by the
 * weights of all fields. They are judged against two strangers and against two people of one household, who share phone,
 * address and surname; the less favourable counts, and the weights that are returned are of that one.
 *
 * @see docs/decisions/0100-weights.md
 */
export function judge(a: Features, b: Features, model: MatchModel): Judgement {
  const compared = compareRecords(a, b);
  const { fields, score } = weigh(a, b, compared, model);
  const { levels } = compared;
  if (levels.residentId === 'same') return { ...byNumber(a, b, levels, gradeOf(score, fields, model)), score, fields };
  if (levels.residentId === 'differs' || areDifferentTwins(a, b)) return { grade: 'not', rule: 'contradiction', score, fields };
  // The same passport under another name is a lent one, as with any number.
  if (levels.otherId === 'same' && isOtherName(levels.name)) return { grade: 'probable', rule: 'lent-card', score, fields };
  const grade = gradeOf(score, fields, model);
  return { grade: grade === 'certain' && !mayBeCertain(a, b, levels) ? 'probable' : grade, rule: 'weights', score, fields };
}

/** Levels at which two names are one, written in another way: by eye, by ear, or in another script. */
const ONE_NAME: ReadonlySet<LevelOf<'name'>> = new Set(['exact', 'former', 'homophone', 'look-alike', 'pinyin', 'swapped', 'nickname', 'typo']);

function isOtherName(level: LevelOf<'name'>): boolean {
  return level !== 'missing' && level !== 'scripts' && !ONE_NAME.has(level);
}

function byNumber(a: Features, b: Features, levels: Comparison, weighed: Grade): Pick<Judgement, 'grade' | 'rule'> {
  const isSuspicious = levels.birthDate === 'differs' || levels.sex === 'differs' || a.residentIds.length > 1 || b.residentIds.length > 1 || a.contradicts.length + b.contradicts.length > 0;
  if (isOtherName(levels.name)) return { grade: 'probable', rule: 'lent-card' };
  if (ONE_NAME.has(levels.name) && !isSuspicious) return { grade: 'certain', rule: 'resident-id' };
  // Without a name to compare, or with a birth date that the number contradicts, the number is not proof enough.
  return isSuspicious ? { grade: 'probable', rule: 'lent-card' } : { grade: weighed === 'certain' ? 'probable' : weighed, rule: 'weights' };
}

/** What no weight makes up for: a name that agrees in some way, and no birth date that is simply another. */
function mayBeCertain(a: Features, b: Features, { name, birthDate }: Comparison): boolean {
  return (ONE_NAME.has(name) || name === 'one-character' || name === 'partial' || name === 'placeholder') && birthDate !== 'differs' && a.residentIds.length < 2 && b.residentIds.length < 2;
}

/** Both say which of several children they are, and it is not the same. */
function areDifferentTwins(a: Features, b: Features): boolean {
  return typeof a.multipleBirth === 'number' && typeof b.multipleBirth === 'number' && a.multipleBirth !== b.multipleBirth;
}

/** `not` needs something that speaks against one person; two records that hardly tell anything are not told apart by that. */
function gradeOf(score: number, fields: readonly FieldComparison[], { thresholds }: MatchModel): Grade {
  if (score >= thresholds.certain) return 'certain';
  if (score >= thresholds.probable) return 'probable';
  return score >= thresholds.possible || fields.every(({ weight }) => weight >= 0) ? 'possible' : 'not';
}

function weigh(a: Features, b: Features, compared: ComparedRecords, model: MatchModel): Pick<Judgement, 'score' | 'fields'> {
  const weights = FIELDS.map((field) => weightOf(field, compared, model));
  adjust(weights, a, b, compared.levels);
  const sums = { stranger: model.priors.stranger, household: model.priors.household };
  for (const { stranger, household } of weights) {
    sums.stranger += stranger;
    sums.household += household;
  }
  const alternative = sums.household < sums.stranger ? 'household' : 'stranger';
  return { score: sums[alternative], fields: FIELDS.map((field, at) => ({ field, level: compared.levels[field], weight: weights[at]?.[alternative] ?? 0 })) };
}

function weightOf(field: Field, { levels, names }: ComparedRecords, model: MatchModel): Weight {
  if (field !== 'name') return weightIn(field, levels, model);
  const weight = model.weights.name[levels.name];
  if (!isByFrequency(levels.name) || names === undefined) return weight;
  const bits = model.namePerson[levels.name] - Math.log2(chanceOf(levels.name, names, model.frequencies));
  return { household: weight.household, stranger: levels.name === 'exact' ? Math.max(bits, 0) : bits };
}

function weightIn<F extends Field>(field: F, levels: Comparison, model: MatchModel): Weight {
  return model.weights[field][levels[field]];
}

const BIRTH_DATE = FIELDS.indexOf('birthDate');
const SEX = FIELDS.indexOf('sex');

/** What one field says already is not counted again for another. */
function adjust(weights: Weight[], a: Features, b: Features, { residentId }: Comparison): void {
  if (residentId === 'same') {
    // The number implies both: that they agree says nothing more, that they do not says what it says.
    for (const at of [BIRTH_DATE, SEX]) weights[at] = atMost(weights[at], 0);
  }
  // Twins are born on one day.
  if (isTwin(a) || isTwin(b)) weights[BIRTH_DATE] = { stranger: weights[BIRTH_DATE]?.stranger ?? 0, household: Math.min(weights[BIRTH_DATE]?.household ?? 0, 0) };
}

function isTwin({ multipleBirth }: Features): boolean {
  return multipleBirth === true || typeof multipleBirth === 'number';
}

function atMost(weight: Weight | undefined, most: number): Weight {
  return { stranger: Math.min(weight?.stranger ?? 0, most), household: Math.min(weight?.household ?? 0, most) };
}
