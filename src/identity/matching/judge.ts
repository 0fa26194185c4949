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

/** Levels at which two names are one, written in another way: by eye, by ear, in another script, without a middle name. */
const ONE_NAME: ReadonlySet<LevelOf<'name'>> = new Set(['exact', 'former', 'homophone', 'look-alike', 'pinyin', 'swapped', 'nickname', 'typo', 'partial']);

function isOtherName(level: LevelOf<'name'>): boolean {
  return level !== 'missing' && level !== 'scripts' && !ONE_NAME.has(level);
}

/** A wrong tick for the sex happens; with a name that is only nearly the same it is a brother or sister. */
function byNumber(a: Features, b: Features, { name, birthDate, sex }: Comparison, weighed: Grade): Pick<Judgement, 'grade' | 'rule'> {
  const isOfOther = birthDate === 'differs' || a.contradicts.includes('birthDate') || b.contradicts.includes('birthDate') || (sex === 'differs' && name !== 'exact');
  if (isOtherName(name) || isOfOther || hasSeveralNumbers(a) || hasSeveralNumbers(b)) return { grade: 'probable', rule: 'lent-card' };
  if (ONE_NAME.has(name)) return { grade: 'certain', rule: 'resident-id' };
  // Without a name to compare the number is not proof enough.
  return { grade: weighed === 'certain' ? 'probable' : weighed, rule: 'weights' };
}

/** One of them is somebody else's, and nobody knows which. */
function hasSeveralNumbers({ residentIds }: Features): boolean {
  return residentIds.length > 1;
}

/**
 * What no weight makes up for: a name that agrees in some way, and no birth date that is simply another. Two children
 * without a name may be twins, whatever else they share, unless they share a number.
 */
function mayBeCertain(a: Features, b: Features, { name, birthDate, otherId }: Comparison): boolean {
  const isNamed = ONE_NAME.has(name) || name === 'one-character' || (name === 'placeholder' && otherId === 'same');
  return isNamed && birthDate !== 'differs' && !hasSeveralNumbers(a) && !hasSeveralNumbers(b);
}

/** Both say which of several children they are, and it is not the same. */
function areDifferentTwins(a: Features, b: Features): boolean {
  const [one, other] = [birthOrder(a), birthOrder(b)];
  return one !== undefined && other !== undefined && one !== other;
}

/** As stated, or as in 王芳之二女. */
function birthOrder({ multipleBirth, names }: Features): number | undefined {
  if (typeof multipleBirth === 'number') return multipleBirth;
  for (const { child } of names) if (child?.order !== undefined) return child.order;
  return undefined;
}

/** `not` needs something that speaks against one person; two records that hardly tell anything are not told apart by that. */
function gradeOf(score: number, fields: readonly FieldComparison[], { thresholds }: MatchModel): Grade {
  if (score >= thresholds.certain) return 'certain';
  if (score >= thresholds.probable) return 'probable';
  return score >= thresholds.possible || fields.every(({ weight }) => weight >= 0) ? 'possible' : 'not';
}

function weigh(a: Features, b: Features, compared: ComparedRecords, model: MatchModel): Pick<Judgement, 'score' | 'fields'> {
  const weights = FIELDS.map((field) => weightOf(field, compared, model));
  adjust(weights, { a, b, levels: compared.levels }, model);
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

function weightIn(field: Field, levels: Comparison, model: MatchModel): Weight {
  const weights: Readonly<Record<string, Weight>> = model.weights[field];
  return weights[levels[field]] ?? { stranger: 0, household: 0 };
}

const [NAME, BIRTH_DATE, SEX] = [FIELDS.indexOf('name'), FIELDS.indexOf('birthDate'), FIELDS.indexOf('sex')];

/** What one field says already is not counted again for another. */
function adjust(weights: Weight[], { a, b, levels }: { readonly a: Features; readonly b: Features; readonly levels: Comparison }, model: MatchModel): void {
  if (levels.residentId === 'same') {
    // The number implies both: that they agree says nothing more, that they do not says what it says.
    for (const at of [BIRTH_DATE, SEX]) weights[at] = atMost(weights[at], { stranger: 0, household: 0 });
  }
  const nothing = { stranger: Number.POSITIVE_INFINITY, household: 0 };
  // Twins are born on one day, and half of them share a character: that is a brother rather than an error of writing.
  if (isTwin(a) || isTwin(b)) weights[BIRTH_DATE] = atMost(weights[BIRTH_DATE], nothing);
  if (levels.name === 'one-character' && levels.birthDate === 'exact') weights[NAME] = atMost(weights[NAME], { ...nothing, household: model.weights.name['family-only'].household });
}

function isTwin({ multipleBirth }: Features): boolean {
  return multipleBirth === true || typeof multipleBirth === 'number';
}

function atMost(weight: Weight = { stranger: 0, household: 0 }, most: Weight): Weight {
  return { stranger: Math.min(weight.stranger, most.stranger), household: Math.min(weight.household, most.household) };
}
