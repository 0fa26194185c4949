import { nameSimilarity } from './name-similarity.ts';
import { CONVENTIONAL_UNITS, normalizeUnit } from './normalize-unit.ts';
import type { Feature } from './suggest-items.ts';
import { measuredAs, scoreOf, valueFeature } from './suggest-items.ts';
import type { CatalogueItem, CodeTables } from './tables.ts';

/** A test whose results came in the unit: values as sent, and values that are known of the item, in the item's own unit. */
export interface MeasuredTest { readonly item: CatalogueItem; readonly values: readonly number[]; readonly known: readonly number[] }

/** What is known of a unit that no table knows, from the results that came with it. */
export interface UnitEvidence { readonly sent: string; readonly tests: readonly MeasuredTest[] }

export interface UnitSuggestion {
  readonly ucum: string;
  /** From 0 to 1. */
  readonly score: number;
  readonly features: { readonly spelling: Feature; readonly tests: Feature; readonly values: Feature };
}

const WEIGHTS = { spelling: 0.4, tests: 0.25, values: 0.35 } as const;
/** A unit in which none of the tests is measured is hardly the right one, however alike the spellings are. */
const MISFIT = 0.3;

/** Spellings under which laboratories send a UCUM code, itself among them. */
export function spellingsOfUnits({ knownUnits, sources }: Pick<CodeTables, 'knownUnits' | 'sources'>): ReadonlyMap<string, readonly string[]> {
  const spellings = new Map([...knownUnits, ...CONVENTIONAL_UNITS].filter((ucum) => ucum !== '').map((ucum) => [ucum, new Set([ucum])]));
  for (const { units } of sources.values()) for (const [text, { ucum }] of units) spellings.get(ucum)?.add(text);
  return new Map([...spellings].map(([ucum, texts]) => [ucum, [...texts]]));
}

/**
 * Ranks UCUM codes by how well they explain a unit that a laboratory sends: how it is spelt, in what its tests are measured, and
 * where their values would lie. Pure; it decides nothing: a person does.
 *
 * @param spellings by UCUM code: the candidates
 * @returns the best first, none that nothing speaks for
 */
export function suggestUnits(local: UnitEvidence, spellings: ReadonlyMap<string, readonly string[]>): readonly UnitSuggestion[] {
  return [...spellings].map(([ucum, texts]) => suggestionOf(local, ucum, texts)).filter(({ score }) => score > 0).sort((a, b) => b.score - a.score || (a.ucum < b.ucum ? -1 : 1));
}

function suggestionOf(local: UnitEvidence, ucum: string, spellings: readonly string[]): UnitSuggestion {
  const features = { spelling: spellingFeature(local, spellings), tests: testsFeature(local, ucum), values: valuesFeature(local, ucum) };
  const score = scoreOf(features, WEIGHTS) * (features.tests.score === 0 ? MISFIT : 1);
  return { ucum, score: Math.round(score * 1000) / 1000, features };
}

function spellingFeature({ sent }: UnitEvidence, spellings: readonly string[]): Feature {
  const best = spellings.map((text) => ({ text, score: alike(sent, text) })).reduce((one, other) => (other.score > one.score ? other : one), { text: '', score: 0 });
  return { score: best.score, explanation: best.score === 0 ? 'No spelling is alike' : `${sent} is like ${best.text}` };
}

/** Signs that are taken for one another on screens and in print: `mmoI/L`, `umo1/L`. */
const LOOKALIKES: ReadonlyMap<string, string> = new Map([['I', 'l'], ['1', 'l'], ['|', 'l'], ['0', 'o'], ['O', 'o']]);

function alike(a: string, b: string): number {
  const [left, right] = [normalizeUnit(a), normalizeUnit(b)];
  const drawn = (text: string): string => Array.from(text, (sign) => LOOKALIKES.get(sign) ?? sign).join('').toLowerCase();
  if (left === right) return 1;
  return drawn(left) === drawn(right) ? 0.9 : 0.8 * nameSimilarity(left, right);
}

function testsFeature({ tests }: UnitEvidence, ucum: string): Feature {
  if (tests.length === 0) return { score: undefined, explanation: 'No test that came with it is known' };
  const fitting = tests.filter(({ item }) => measuredAs(item, ucum));
  return { score: fitting.length / tests.length, explanation: `${fitting.length} of ${tests.length} tests are measured in it: ${tests.map(({ item }) => item.zh).join(', ')}` };
}

/** Of the tests that can be measured so, the one that its values fit worst: a unit is right for all of them. */
function valuesFeature({ tests }: UnitEvidence, ucum: string): Feature {
  const told = tests.map(({ item, values, known }) => valueFeature(values.map((value) => ({ value, ucum })), item, known));
  const judged = told.filter((feature) => feature.score !== undefined).sort((a, b) => (a.score ?? 0) - (b.score ?? 0));
  return judged[0] ?? told[0] ?? { score: undefined, explanation: 'No value is known' };
}
