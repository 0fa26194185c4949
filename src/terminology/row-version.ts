import { derivedId } from '../fhir/derived-id.ts';
import type { CatalogueItem, LocalCode } from './tables.ts';

const CODE_DIGITS = 12;
const UNIT_DIGITS = 8;

/**
 * The version of a row: a digest of all that it puts into a result, the item's own definition included. Neither who approved it
 * nor for how long it holds is part of it, so that a row which is replaced by an equal one changes no result.
 */
export function versionOfRow(source: string, { local, loinc, equivalence, when }: LocalCode, item: CatalogueItem | undefined): string {
  const { specimen = '', method = '', unit = '' } = when ?? {};
  return `${source}|${derivedId('code', local, loinc, equivalence, specimen, method, unit, item === undefined ? '' : versionOfItem(item)).slice(0, CODE_DIGITS)}`;
}

export function versionOfUnit(local: string, ucum: string): string {
  return derivedId('unit', local, ucum).slice(0, UNIT_DIGITS);
}

const versions = new WeakMap<CatalogueItem, string>();

/** The version of an item, for a result that named it, or its LOINC, itself: `catalogue|9b1f…`. */
export function versionOfItem(item: CatalogueItem): string {
  const known = versions.get(item);
  if (known !== undefined) return known;
  // A member that an item does not have is left out: a new kind of member must not make every result another version.
  const content = [item.item, item.zh, item.loinc, item.unit, ...(item.molarMass === undefined ? [] : ['molar mass', item.molarMass]), ...item.twins.flatMap((twin) => [twin.loinc, twin.unit, twin.factor])];
  const version = `catalogue|${derivedId('item', ...content).slice(0, CODE_DIGITS)}`;
  versions.set(item, version);
  return version;
}
