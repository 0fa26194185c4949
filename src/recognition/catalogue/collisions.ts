import type { Days } from '../rules/catalogue-item.ts';
import { sharedDay, shownDays } from './days.ts';

/** An entry as far as it can stand in the way of another. */
export interface Dated {
  /** As it is named to people: `profiles/recognition/catalogue.json row GLU@2024`. */
  readonly name: string;
  /** What it is about: `item GLU`. */
  readonly key: string;
  readonly effective: Days;
  /** Codes by which orders and results name it, `system|code`. */
  readonly codes: readonly string[];
}

/** Two entries that cannot both hold on one day, and why, as one sentence that names both. */
export interface Collision { readonly first: Dated; readonly second: Dated; readonly sentence: string }

/**
 * Finds the entries that contradict each other: two of one key that hold on the same day, and two of different keys that one
 * code names on the same day.
 *
 * @returns none exactly where on every day each key has at most one entry, and each code leads to at most one key
 */
export function collisionsOf(entries: readonly Dated[]): readonly Collision[] {
  const ofKeys = [...Map.groupBy(entries, ({ key }) => key)].flatMap(([key, rows]) => pairsOf(rows).map(([first, second, day]): Collision =>
    ({ first, second, sentence: `${shown(first)} and ${shown(second)} both hold for ${key} on ${day}: one must end before the other begins` })));
  const byCode = Map.groupBy(entries.flatMap((entry) => entry.codes.map((code) => ({ code, entry }))), ({ code }) => code);
  const ofCodes = [...byCode].flatMap(([code, uses]) => pairsOf(uses.map(({ entry }) => entry)).filter(([first, second]) => first.key !== second.key).map(([first, second, day]): Collision =>
    ({ first, second, sentence: `${shown(first)} and ${shown(second)} are both named by ${code} on ${day}: an order with it could mean either` })));
  return [...ofKeys, ...ofCodes];
}

/** Each entry that begins while an earlier one still holds, with the one of these that ends last; by days, so that few are compared. */
function pairsOf(rows: readonly Dated[]): readonly (readonly [Dated, Dated, string])[] {
  const sorted = rows.toSorted((a, b) => ((a.effective.from ?? '') < (b.effective.from ?? '') ? -1 : 1));
  const pairs: (readonly [Dated, Dated, string])[] = [];
  let last: Dated | undefined;
  for (const row of sorted) {
    const day = last === undefined || last === row ? undefined : sharedDay(last.effective, row.effective);
    if (last !== undefined && day !== undefined) pairs.push([last, row, day]);
    if (last === undefined || endOf(row) > endOf(last)) last = row;
  }
  return pairs;
}

function endOf({ effective }: Dated): string {
  return effective.to ?? '9999-12-31';
}

function shown({ name, effective }: Dated): string {
  return `${name} (${shownDays(effective)})`;
}
