import type { Features } from '../features.ts';
import type { ModelData } from '../model.ts';

/** What is met less often is told by the rare ones together; so many names make the file large enough. */
const LEAST_COUNT = 4;
const MOST = { surnames: 400, given: 1200, characters: 700 };

/**
 * How often names are met, from the names that people bear now.
 *
 * @returns shares of all names, the most frequent first, rounded
 */
export function learnFrequencies(records: Iterable<Features>, fallback: ModelData['frequencies']['rare']): ModelData['frequencies'] {
  const [surnames, given, characters, words] = [new Map<string, number>(), new Map<string, number>(), new Map<string, number>(), new Map<string, number>()];
  let [han, latin] = [0, 0];
  for (const { names } of records) {
    const name = names.find(({ use, child }) => use === 'current' && child === undefined);
    if (name?.script === 'han') {
      han++;
      count(surnames, name.family);
      count(given, name.given.join(''));
      name.given.forEach((character) => count(characters, character));
    } else if (name !== undefined && name.pinyin === undefined) {
      latin++;
      name.words.forEach((word) => count(words, word));
    }
  }
  surnames.delete('');
  const tables = { surnames: shares(surnames, MOST.surnames), given: shares(given, MOST.given), characters: shares(characters, MOST.characters) };
  if (han === 0) return { ...tables, rare: fallback };
  return {
    ...tables,
    rare: {
      surname: rareShare(surnames, MOST.surnames) ?? fallback.surname, character: rareShare(characters, MOST.characters) ?? fallback.character, givenPinyin: fallback.givenPinyin,
      // How often two words of foreign names agree.
      word: collision(words) ?? fallback.word, latin: rounded(Math.max(latin / (han + latin), 1e-4)),
    },
  };
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function ranked(counts: ReadonlyMap<string, number>): readonly (readonly [string, number])[] {
  return [...counts].sort(([a, left], [b, right]) => right - left || (a < b ? -1 : 1));
}

function total(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, number) => sum + number, 0);
}

function shares(counts: ReadonlyMap<string, number>, most: number): Record<string, number> {
  const all = total(counts);
  return Object.fromEntries(ranked(counts).slice(0, most).flatMap(([key, number]) => (number < LEAST_COUNT || number === all ? [] : [[key, rounded(number / all)]])));
}

/** Share of one of those that the table leaves out, as often as it is met: the mean over their bearers. */
function rareShare(counts: ReadonlyMap<string, number>, most: number): number | undefined {
  const rest = ranked(counts).filter(([, number], at) => at >= most || number < LEAST_COUNT);
  const bearers = rest.reduce((sum, [, number]) => sum + number, 0);
  if (bearers === 0) return undefined;
  return rounded(rest.reduce((sum, [, number]) => sum + number * number, 0) / bearers / total(counts));
}

function collision(counts: ReadonlyMap<string, number>): number | undefined {
  const all = total(counts);
  return all < 200 ? undefined : rounded([...counts.values()].reduce((sum, number) => sum + (number / all) ** 2, 0));
}

function rounded(share: number): number {
  return Number(share.toPrecision(3));
}
