import { foldText } from '../fhir/search/fold.ts';
import type { Unit } from './measure.ts';
import { measureOf } from './measure.ts';
import { nameSimilarity } from './name-similarity.ts';
import type { CatalogueItem, CodeTables } from './tables.ts';
import { isExact } from './tables.ts';

/** What is known of a local code from the results that came with it. */
export interface LocalEvidence {
  readonly code: string;
  /** As results call it. */
  readonly names: readonly string[];
  /** Units as sent, and what they were understood as; undefined for one that nobody knows. */
  readonly units: readonly { readonly sent: string; readonly unit: Unit | undefined }[];
  /** Values, each in the UCUM unit that it was sent in. */
  readonly values: readonly { readonly value: number; readonly ucum: string }[];
  /** Whether results came in words. */
  readonly hasWords: boolean;
  readonly specimens: readonly string[];
}

/** What is known of an item from results that are mapped to it: values in its own unit. */
export interface ItemEvidence { readonly values: readonly number[]; readonly specimens: readonly string[] }

/** `score` from 0 to 1; undefined where nothing is known, so that it neither helps nor harms. */
export interface Feature { readonly score: number | undefined; readonly explanation: string }

export interface Suggestion {
  readonly item: string;
  readonly zh: string;
  readonly en: string;
  /** The one that fits the unit in which results came. */
  readonly loinc: string;
  readonly score: number;
  readonly features: { readonly name: Feature; readonly unit: Feature; readonly values: Feature; readonly specimen: Feature };
}

const WEIGHTS = { name: 0.5, unit: 0.2, values: 0.25, specimen: 0.05 } as const;
/** An item that the unit does not fit at all is hardly the right one, however alike the names are. */
const MISFIT = 0.3;
/** Fewer values say nothing about a distribution. */
const FEWEST_VALUES = 5;
/** Share of an item's values that is left out at each end, since it may be anything. */
const TAIL = 0.02;

/** Names under which other laboratories send an item, by item: what they were mapped by is knowledge. */
export function namesOfItems({ items, sources }: CodeTables): ReadonlyMap<string, readonly string[]> {
  const names = new Map([...items.values()].map((item) => [item.item, new Set([item.zh, item.en, item.item])]));
  for (const row of [...sources.values()].flatMap(({ codes }) => [...codes.values()].flat())) {
    if (row.item !== undefined && isExact(row.equivalence)) names.get(row.item.item)?.add(row.display).add(row.local);
  }
  return new Map([...names].map(([item, known]) => [item, [...known].filter((name) => name !== '')]));
}

/**
 * Ranks the items of the catalogue by how well they fit a local code. Pure; it decides nothing: a person does.
 *
 * @param known evidence of items; one without counts as unknown in values and specimens
 * @returns the best first
 */
export function suggestItems(local: LocalEvidence, items: readonly CatalogueItem[], names: ReadonlyMap<string, readonly string[]>, known: ReadonlyMap<string, ItemEvidence>): readonly Suggestion[] {
  return items.map((item) => suggestionOf(local, item, names.get(item.item) ?? [item.zh, item.en], known.get(item.item)))
    .sort((a, b) => b.score - a.score || (a.item < b.item ? -1 : 1));
}

function suggestionOf(local: LocalEvidence, item: CatalogueItem, names: readonly string[], known: ItemEvidence | undefined): Suggestion {
  const measure = local.units.map(({ unit }) => (unit === undefined ? undefined : measureOf(item, unit.ucum, undefined))).find((one) => one !== undefined);
  const features = { name: nameFeature(local, names), unit: unitFeature(local, item), values: valueFeature(local.values, item, known?.values), specimen: specimenFeature(local, known) };
  const score = scoreOf(features, WEIGHTS) * (features.unit.score === 0 ? MISFIT : 1);
  return { item: item.item, zh: item.zh, en: item.en, loinc: measure?.loinc ?? item.loinc, score: Math.round(score * 1000) / 1000, features };
}

/** The mean of the features of which something is known, by their weights. */
export function scoreOf<Name extends string>(features: Readonly<Record<Name, Feature>>, weights: Readonly<Record<Name, number>>): number {
  let sum = 0;
  let total = 0;
  for (const name in weights) {
    const { score } = features[name];
    if (score === undefined) continue;
    sum += weights[name] * score;
    total += weights[name];
  }
  return total === 0 ? 0 : sum / total;
}

function nameFeature({ code, names: sent }: LocalEvidence, names: readonly string[]): Feature {
  const pairs = [code, ...sent].flatMap((own) => names.map((name) => ({ own, name, score: nameSimilarity(own, name) })));
  const best = pairs.reduce((one, other) => (other.score > one.score ? other : one), { own: code, name: '', score: 0 });
  return { score: best.score, explanation: best.score === 0 ? 'No name is alike' : `${best.own} is like ${best.name}` };
}

function unitFeature({ units, hasWords }: LocalEvidence, item: CatalogueItem): Feature {
  if (units.length === 0) {
    if (!hasWords) return { score: undefined, explanation: 'No result with a value is known' };
    return item.unit === '' ? { score: 1, explanation: 'Results come in words, as those of the item' } : { score: 0.2, explanation: `Results come in words, those of the item in ${item.unit}` };
  }
  const understood = units.filter(({ unit }) => unit !== undefined);
  if (understood.length === 0) return { score: undefined, explanation: `No table knows the unit ${units[0]?.sent ?? ''}` };
  const fitting = understood.filter(({ unit }) => unit !== undefined && measuredAs(item, unit.ucum));
  const shown = understood.map(({ sent }) => sent || 'no unit').join(', ');
  return { score: fitting.length / understood.length, explanation: `${fitting.length} of ${understood.length} units fit ${item.unit === '' ? 'results in words' : item.unit}: ${shown}` };
}

/** Whether an item is measured in a unit, also where that fits two LOINC, as that of urea. */
export function measuredAs(item: CatalogueItem, ucum: string): boolean {
  return item.twins.some(({ unit }) => unit === ucum) || measureOf(item, ucum, undefined) !== undefined;
}

/** @param values each in the UCUM unit that it was sent in; @param known values of the item, in its own unit */
export function valueFeature(values: LocalEvidence['values'], item: CatalogueItem, known: readonly number[] | undefined): Feature {
  const inUnit = values.flatMap(({ value, ucum }) => {
    const measure = measureOf(item, ucum, undefined);
    return measure === undefined ? [] : [value * measure.factor];
  });
  if (inUnit.length === 0) return { score: undefined, explanation: 'No value in a unit of the item' };
  if (known === undefined || known.length < FEWEST_VALUES) return { score: undefined, explanation: 'Too few values of the item are known' };
  const sorted = known.toSorted((a, b) => a - b);
  const [low, high] = [quantile(sorted, TAIL), quantile(sorted, 1 - TAIL)];
  const within = inUnit.filter((value) => value >= low && value <= high).length;
  return { score: within / inUnit.length, explanation: `${within} of ${inUnit.length} values lie within ${shownNumber(low)} to ${shownNumber(high)} ${item.unit}, where known results of the item do` };
}

function specimenFeature({ specimens }: LocalEvidence, known: ItemEvidence | undefined): Feature {
  const kinds = new Set((known?.specimens ?? []).map(foldText));
  if (specimens.length === 0 || kinds.size === 0) return { score: undefined, explanation: 'The specimens are not known' };
  const common = specimens.filter((specimen) => kinds.has(foldText(specimen)));
  return { score: common.length > 0 ? 1 : 0, explanation: common.length > 0 ? `Known results of the item are of ${common.join(', ')} too` : `No known result of the item is of ${specimens.join(', ')}` };
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.round(share * (sorted.length - 1))))] ?? 0;
}

function shownNumber(value: number): string {
  return String(Number(value.toPrecision(4)));
}
