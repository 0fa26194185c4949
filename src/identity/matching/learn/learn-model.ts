import type { Features } from '../features.ts';
import { type Field, FIELDS } from '../judgement.ts';
import { LEVELS } from '../levels.ts';
import { type ModelData, parseMatchModel } from '../model.ts';
import { type Block, BLOCKS } from './blocks.ts';
import { expect, type Kind, type Pattern, patternsOf, type Tally, tallyKey } from './estimate.ts';
import { learnFrequencies } from './learn-frequencies.ts';
import { STARTING_MODEL } from './starting-model.ts';

export interface LearningOptions {
  /** How many people the registry will hold: against so many strangers a pair must hold its own. */
  readonly people: number;
  /** In [0, 1): chance by which strangers are paired. The same chance gives the same model. */
  readonly chance: () => number;
  readonly strangers?: number;
  readonly start?: ModelData;
}

const ROUNDS = 4;
const MOST_IN_BLOCK = 40;
const MOST_PAIRS = 400_000;
/** Nothing is rarer than this: what the sample does not show happens all the same. */
const LEAST: Readonly<Record<Kind, number>> = { person: 1e-4, household: 5e-4, stranger: 1e-6 };
/** Levels that are agreement as far as both records tell. */
const AS_FAR_AS_TOLD: ReadonlySet<string> = new Set(['birthDate year-month', 'birthDate year', 'phone landline']);
/** So many pairs' worth of weight have the starting values, so that what is hardly seen keeps a sensible one. */
const BELIEF = 20;

/**
 * Learns a model from records of which nobody has said who is who, by expectation maximisation over blocks of pairs: each
 * block is chosen by some fields and teaches others. How often strangers agree comes from pairs drawn by chance.
 *
 * @returns the model, to be written to `profiles/identity/model.json`
 * @see docs/decisions/0100-weights.md
 */
export function learnModel(records: readonly Features[], { people, chance, strangers = 1_000_000, start = STARTING_MODEL }: LearningOptions): ModelData {
  let data: ModelData = { ...start, priors: { ...start.priors, stranger: rounded(-Math.log2(people)) }, frequencies: learnFrequencies(records, start.frequencies.rare) };
  const model = parseMatchModel(data);
  const blocks = BLOCKS.map((block) => ({ block, patterns: patternsOf(pairsOf(records, block), model) }));
  const drawn = patternsOf(drawnPairs(records, chance, strangers), model);
  for (let round = 0; round < ROUNDS; round++) data = improve(data, { blocks, drawn, start, people });
  return data;
}

interface Evidence { readonly blocks: readonly { readonly block: Block; readonly patterns: readonly Pattern[] }[]; readonly drawn: readonly Pattern[]; readonly start: ModelData; readonly people: number }

/** One round: what each block says of the kinds of its pairs, then the shares that follow from it. */
function improve(data: ModelData, { blocks, drawn, start, people }: Evidence): ModelData {
  const counted = new Map<string, number>();
  const take = (tally: Tally, kind: Kind, fields: readonly Field[]): void => {
    for (const field of fields) for (const level of LEVELS[field]) {
      const key = tallyKey(field, level, kind);
      counted.set(key, (counted.get(key) ?? 0) + (tally.get(key) ?? 0));
    }
  };
  let household = data.priors.household;
  for (const { block, patterns } of blocks) {
    const { tally, shares } = expect(patterns, data, block);
    for (const [kind, fields] of block.learns) take(tally, kind, fields);
    if (block.name === 'the same phone' && shares.household > 0) household = Math.log2(shares.person / data.fields.phone.same.person / (shares.household / data.fields.phone.same.household));
  }
  const { tally } = expect(drawn, data, { fields: FIELDS, shares: { person: 1 / people, household: 3 / people, stranger: 1 - 4 / people } });
  take(tally, 'stranger', FIELDS);
  return maximize(data, start, counted, Number.isFinite(household) ? rounded(household) : data.priors.household);
}

/** Maximisation: the shares of the levels, for each field and kind. */
function maximize(data: ModelData, start: ModelData, counted: Tally, household: number): ModelData {
  const share = (field: Field, level: string, kind: Kind): number => {
    const belief = beliefIn(start, field, kind);
    const counts = new Map(Object.keys(belief).map((name) => [name, (counted.get(tallyKey(field, name, kind)) ?? 0) + BELIEF * (belief[name] ?? 0)]));
    const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
    return rounded(Math.min(Math.max((counts.get(level) ?? 0) / total, LEAST[kind]), 0.999));
  };
  const levels = <L extends string>(field: Field, names: Readonly<Record<L, unknown>>): Record<L, { person: number; stranger: number; household: number }> => mapKeys(names, (level) => {
    const person = share(field, level, 'person');
    // Two of one household agree in nothing more often than one person does: what is counted beyond is chance.
    const most = level === LEVELS[field][0] || AS_FAR_AS_TOLD.has(`${field} ${level}`) ? person : 1;
    return { person, stranger: Math.min(share(field, level, 'stranger'), most), household: Math.min(share(field, level, 'household'), most) };
  });
  const { fields, name } = data;
  return {
    ...data, priors: { ...data.priors, household },
    name: { byFrequency: mapKeys(name.byFrequency, (level) => ({ person: share('name', level, 'person'), household: share('name', level, 'household') })), levels: levels('name', name.levels) },
    fields: {
      residentId: levels('residentId', fields.residentId), otherId: levels('otherId', fields.otherId), birthDate: levels('birthDate', fields.birthDate), sex: levels('sex', fields.sex),
      phone: levels('phone', fields.phone), address: levels('address', fields.address), guardian: levels('guardian', fields.guardian),
    },
  };
}

function beliefIn({ fields, name }: ModelData, field: Field, kind: Kind): Readonly<Record<string, number>> {
  if (field !== 'name') {
    const levels: Readonly<Record<string, Readonly<Record<Kind, number>>>> = fields[field];
    return mapKeys(levels, (_, level) => level[kind]);
  }
  const other: Readonly<Record<string, number>> = mapKeys(name.levels, (_, level) => level[kind]);
  return { ...mapKeys(name.byFrequency, (_, level) => (kind === 'stranger' ? 1e-4 : level[kind])), ...other };
}

function* pairsOf(records: readonly Features[], { keyOf, mask = (features) => features }: Block): Generator<readonly [Features, Features]> {
  const groups = new Map<string, Features[]>();
  for (const features of records) {
    const key = keyOf(features);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [mask(features)]);
    else group.push(mask(features));
  }
  let count = 0;
  for (const group of groups.values()) {
    if (group.length > MOST_IN_BLOCK) continue;
    for (const [at, a] of group.entries()) for (const b of group.slice(at + 1)) {
      if (++count > MOST_PAIRS) return;
      yield [a, b];
    }
  }
}

function* drawnPairs(records: readonly Features[], chance: () => number, count: number): Generator<readonly [Features, Features]> {
  for (let drawn = 0; drawn < count; drawn++) {
    const [a, b] = [records[Math.floor(chance() * records.length)], records[Math.floor(chance() * records.length)]];
    if (a !== undefined && b !== undefined && a !== b) yield [a, b];
  }
}

function mapKeys<L extends string, A, B>(record: Readonly<Record<L, A>>, change: (key: L, value: A) => B): Record<L, B>;
function mapKeys<A, B>(record: Readonly<Record<string, A>>, change: (key: string, value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(key, value)]));
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}

