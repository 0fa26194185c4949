import { specificity } from './choose-row.ts';
import { normalizeUnit } from './normalize-unit.ts';
import { versionOfRow, versionOfUnit } from './row-version.ts';
import type { CatalogueItem, CodeRow, CodeTables, LocalCode, Period, SourceCodes, SourceTable, UnitRow } from './tables.ts';

/** A mapping that was approved in the workbench, as a row. */
export interface ApprovedCode extends LocalCode { readonly source: string; readonly mapping: string; readonly effective: Period }
export interface ApprovedUnit { readonly source: string; readonly mapping: string; readonly local: string; readonly ucum: string }
export interface Approved { readonly codes: readonly ApprovedCode[]; readonly units: readonly ApprovedUnit[] }

export const NOTHING_APPROVED: Approved = { codes: [], units: [] };

/**
 * Indexes tables that are known to be sound. What was approved stands before what a file says of the same code under as many
 * conditions: it is the later decision.
 *
 * @param sources tables of files, by source id
 */
export function createCodeTables(catalogue: readonly CatalogueItem[], sources: ReadonlyMap<string, SourceCodes>, approved: Approved = NOTHING_APPROVED): CodeTables {
  const items = new Map(catalogue.map((item) => [item.item, item]));
  const unitsOfSources = [...sources.values()].flatMap((source) => Object.values(source.units));
  const knownUnits = [...catalogue.flatMap((item) => [item.unit, ...item.twins.map((twin) => twin.unit)]), ...unitsOfSources, ...approved.units.map(({ ucum }) => ucum)];
  const codesOf = Map.groupBy(approved.codes, ({ source }) => source);
  const unitsOf = Map.groupBy(approved.units, ({ source }) => source);
  const ids = new Set([...sources.keys(), ...codesOf.keys(), ...unitsOf.keys()]);
  return {
    items,
    itemsByLoinc: byLoinc(catalogue),
    knownUnits: new Set(knownUnits.filter((unit) => unit !== '')),
    sources: new Map([...ids].map((id) => [id, indexSource(id, items, sources.get(id), { codes: codesOf.get(id) ?? [], units: unitsOf.get(id) ?? [] })])),
  };
}

/** Code system of the local codes of a source. */
export function localSystemOf(source: string): string {
  return `https://bund.example/sources/${source}/codes`;
}

function byLoinc(catalogue: readonly CatalogueItem[]): ReadonlyMap<string, readonly CatalogueItem[]> {
  const items = new Map<string, CatalogueItem[]>();
  for (const item of catalogue) {
    for (const loinc of new Set([item.loinc, ...item.twins.map((twin) => twin.loinc)])) items.set(loinc, [...items.get(loinc) ?? [], item]);
  }
  return items;
}

function indexSource(id: string, items: ReadonlyMap<string, CatalogueItem>, file: SourceCodes | undefined, approved: Approved): SourceTable {
  const rows = [
    ...approved.codes.map((code) => rowOf(id, code, items, code)),
    ...(file?.codes ?? []).map((code) => rowOf(id, code, items, { mapping: undefined, effective: {} })),
  ];
  rows.sort((a, b) => specificity(b.when) - specificity(a.when));
  const units = Object.entries(file?.units ?? {}).map(([local, ucum]) => [local, unitOf(local, ucum, undefined)] as const);
  const approvedUnits = approved.units.map(({ local, ucum, mapping }) => [local, unitOf(local, ucum, mapping)] as const);
  const asSent = [...units, ...approvedUnits];
  return {
    system: file?.system ?? localSystemOf(id),
    codes: Map.groupBy(rows, ({ local }) => local),
    asksForSpecimen: rows.some(({ when }) => when.specimen !== undefined),
    units: new Map([...asSent.map(([local, row]) => [normalizeUnit(local), row] as const), ...asSent]),
  };
}

function rowOf(source: string, code: LocalCode, items: ReadonlyMap<string, CatalogueItem>, { mapping, effective }: Pick<CodeRow, 'mapping' | 'effective'>): CodeRow {
  const item = code.item === undefined ? undefined : items.get(code.item);
  const { local, display, loinc, equivalence, when = {} } = code;
  return { local, display, item, loinc, equivalence, when, effective, mapping, version: versionOfRow(source, code, item) };
}

function unitOf(local: string, ucum: string, mapping: string | undefined): UnitRow {
  return { ucum, mapping, version: versionOfUnit(local, ucum) };
}
