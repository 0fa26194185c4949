import { z } from 'zod';
import { ConfigError } from '../../config.ts';
import type { Field } from './judgement.ts';
import { LEVELS, type LevelOf } from './levels.ts';
import { type NameFrequencies, nameFrequencies } from './name-frequencies.ts';

const share = z.number().gt(0).lt(1);
/**
 * How often a level is met where both records tell: in two records of one person, of two strangers, of two people of one household.
 * How often strangers share a name is the affair of the name, so that these levels have no `stranger`.
 */
const level = z.strictObject({ person: share, stranger: share, household: share });
const levelOfNames = z.strictObject({ person: share, household: share });

/** Levels of names which two strangers have as often as the name itself is met. */
export const LEVELS_BY_FREQUENCY = ['exact', 'former', 'homophone', 'look-alike', 'pinyin', 'swapped', 'nickname', 'one-character', 'typo', 'partial', 'placeholder'] as const;
export type LevelByFrequency = (typeof LEVELS_BY_FREQUENCY)[number];

const levelsOf = <L extends string>(levels: readonly L[]): z.ZodType<Record<L, z.infer<typeof level>>> => z.record(z.enum(levels), level);
const otherNameLevels = LEVELS.name.filter((name) => !isByFrequency(name));

const modelSchema = z.strictObject({
  /** What was learned from what, and what was set by hand. */
  about: z.array(z.string()),
  /** Bits that the score must reach. */
  thresholds: z.strictObject({ certain: z.number(), probable: z.number(), possible: z.number() })
    .refine(({ certain, probable, possible }) => certain > probable && probable > possible, 'certain must be above probable, and probable above possible'),
  /** Bits in favour of one person before anything is compared: against two strangers of the whole registry, and against two people of one household. */
  priors: z.strictObject({ stranger: z.number().lt(0), household: z.number() }),
  name: z.strictObject({ byFrequency: z.record(z.enum(LEVELS_BY_FREQUENCY), levelOfNames), levels: levelsOf(otherNameLevels) }),
  fields: z.strictObject({
    residentId: levelsOf(LEVELS.residentId), otherId: levelsOf(LEVELS.otherId), birthDate: levelsOf(LEVELS.birthDate), sex: levelsOf(LEVELS.sex),
    phone: levelsOf(LEVELS.phone), address: levelsOf(LEVELS.address), guardian: levelsOf(LEVELS.guardian),
  }),
  frequencies: z.strictObject({
    surnames: z.record(z.string(), share), given: z.record(z.string(), share), characters: z.record(z.string(), share),
    /** For what the tables do not hold; `latin` is the share of people whose name is in letters. */
    rare: z.strictObject({ surname: share, character: share, givenPinyin: share, word: share, latin: share }),
  }),
});

/** The file `profiles/identity/model.json`. */
export type ModelData = z.infer<typeof modelSchema>;

/** Bits for one person, against two strangers and against two people of one household. */
export interface Weight { readonly stranger: number; readonly household: number }

/** A model as `judge` works with it. */
export interface MatchModel {
  readonly thresholds: ModelData['thresholds'];
  readonly priors: ModelData['priors'];
  readonly weights: { readonly [F in Field]: Readonly<Record<LevelOf<F>, Weight>> };
  /** For the levels of names that go by frequency: logarithm of `person`. */
  readonly namePerson: Readonly<Record<LevelByFrequency, number>>;
  readonly frequencies: NameFrequencies;
}

/** A model that cannot be used. */
export class MatchModelError extends ConfigError {}

/**
 * Reads a model.
 *
 * @param json content of `profiles/identity/model.json`
 * @throws MatchModelError that names every element at fault
 */
export function parseMatchModel(json: unknown): MatchModel {
  const parsed = modelSchema.safeParse(json);
  if (!parsed.success) throw new MatchModelError(parsed.error.issues.map(({ path, message }) => `The match model, at ${path.join('.') || 'the top'}: ${message}`).join('\n'));
  const { thresholds, priors, fields, name, frequencies } = parsed.data;
  const faults = againstAgreement(parsed.data);
  if (faults.length > 0) throw new MatchModelError(faults.join('\n'));
  return {
    thresholds, priors,
    weights: {
      residentId: weightsOf(fields.residentId), otherId: weightsOf(fields.otherId), name: nameWeights(name), birthDate: weightsOf(fields.birthDate),
      sex: weightsOf(fields.sex), phone: weightsOf(fields.phone), address: weightsOf(fields.address), guardian: weightsOf(fields.guardian),
    },
    namePerson: mapValues(name.byFrequency, ({ person }) => Math.log2(person)),
    frequencies: nameFrequencies(frequencies),
  };
}

export function isByFrequency(name: string): name is LevelByFrequency {
  const levels: readonly string[] = LEVELS_BY_FREQUENCY;
  return levels.includes(name);
}

/** A field that agrees must not speak against one person: else a record would be surer of itself the less it tells. */
function againstAgreement({ fields, name }: ModelData): readonly string[] {
  const agreeing = Object.entries({
    'fields.residentId.same': fields.residentId.same, 'fields.otherId.same': fields.otherId.same, 'fields.birthDate.exact': fields.birthDate.exact, 'fields.sex.same': fields.sex.same,
    'fields.phone.same': fields.phone.same, 'fields.address.same': fields.address.same, 'fields.guardian.same': fields.guardian.same,
    'name.byFrequency.exact': { ...name.byFrequency.exact, stranger: 0 },
  });
  return agreeing.flatMap(([path, { person, stranger, household }]) => (person >= stranger && person >= household ? [] : [`The match model, at ${path}: agreement must be as frequent in one person as in two`]));
}

const NOTHING: Weight = { stranger: 0, household: 0 };

function weightsOf<L extends string>(levels: Readonly<Record<L, z.infer<typeof level>>>): Readonly<Record<L | 'missing', Weight>> {
  const weights = mapValues(levels, ({ person, stranger, household }): Weight => ({ stranger: Math.log2(person / stranger), household: Math.log2(person / household) }));
  return { ...weights, missing: NOTHING };
}

/** The weight against strangers of the levels that go by frequency is added for each name. */
function nameWeights({ byFrequency, levels }: ModelData['name']): MatchModel['weights']['name'] {
  return { ...weightsOf(levels), ...mapValues(byFrequency, ({ person, household }): Weight => ({ stranger: 0, household: Math.log2(person / household) })) };
}

function mapValues<K extends string, A, B>(record: Readonly<Record<K, A>>, change: (value: A) => B): Record<K, B>;
function mapValues<A, B>(record: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
