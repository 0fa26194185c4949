import type { CatalogueItem, CodeTables } from '../terminology/tables.ts';
import type { Institution } from './institutions.ts';
import { UNMAPPED_UNIT } from './orders.ts';

/** How one laboratory reports one item of the catalogue: under its own code, in its own unit. */
export interface LocalTest {
  readonly item: string;
  readonly local: string;
  readonly display: string;
  /** As the laboratory prints it, and what one of it is in the catalogue's unit; undefined for a result in words. */
  readonly unit: { readonly text: string; readonly factor: number } | undefined;
}

/** Item -> how this laboratory reports it. An item without an entry is not done there. */
export type Laboratory = ReadonlyMap<string, LocalTest>;

/**
 * Reads the mapping table of a source backwards: what the exchange will turn into an item is what the laboratory sends.
 * Where the table knows several spellings of a unit, the last is how the laboratory prints it.
 *
 * @throws RangeError for a source without a table, or a table without a spelling for any unit in which an item can be reported
 */
export function laboratoryOf(institution: Institution, { sources }: CodeTables): Laboratory {
  const table = sources.get(institution.source);
  if (table === undefined) throw new RangeError(`profiles/codes has no ${institution.source}.json`);
  const spellings = new Map([...table.units].map(([text, { ucum }]) => [ucum, text]));
  return new Map([...table.codes.values()].flat().flatMap(({ local, display, item, loinc }) => (
    item === undefined ? [] : [[item.item, { item: item.item, local, display, unit: unitOf(item, loinc, { institution, spellings }) }]])));
}

interface Habits { readonly institution: Institution; readonly spellings: ReadonlyMap<string, string> }

function unitOf(item: CatalogueItem, loinc: string, { institution, spellings }: Habits): LocalTest['unit'] {
  if (item.unit === '') return undefined;
  if (institution.source === UNMAPPED_UNIT.source && item.item === UNMAPPED_UNIT.item) return { text: UNMAPPED_UNIT.unit, factor: 1 };
  const possible = [{ loinc: item.loinc, unit: item.unit, factor: 1 }, ...item.twins].filter((way) => way.loinc === loinc && spellings.has(way.unit));
  const chosen = possible.find((way) => way.unit === institution.units[item.item]) ?? possible[0];
  if (chosen === undefined) throw new RangeError(`The table of ${institution.source} spells no unit in which ${item.item} is reported as ${loinc}`);
  return { text: spellings.get(chosen.unit) ?? chosen.unit, factor: chosen.factor };
}
