import type { Fault } from '../message.ts';
import { faultIn } from '../message.ts';
import { columnKey } from './choose-mapping.ts';
import { CUSTOMARY_VALUES, DATE_FACTS, FACTS, type FactName } from './facts.ts';
import type { FactSource, ResultColumn, TableMapping } from './mapping.ts';

/** Where a fact of every row stands. */
export interface Place {
  readonly fact: FactName;
  /** Column, from 0; -1 for a constant. */
  readonly at: number;
  /** Name of the column as the header has it; '' for a constant. */
  readonly column: string;
  readonly constant: string;
  readonly isRequired: boolean;
  /** What a cell says -> code; undefined for facts that are no codes. */
  readonly values: ReadonlyMap<string, string> | undefined;
}

export interface ResultPlace { readonly result: ResultColumn; readonly at: number; readonly column: string; readonly flag: Place | undefined }

/** A mapping over the columns of one delivery. */
export interface Plan {
  readonly facts: Readonly<Partial<Record<FactName, Place>>>;
  /** Of a table of kind `report`. */
  readonly results: readonly ResultPlace[];
  readonly width: number;
}

export interface Planned {
  readonly plan: Plan;
  /** Faults that refuse the delivery: columns that are missing, or there twice. */
  readonly faults: readonly Fault[];
  /** Columns that the mapping does not speak of. */
  readonly unmappedColumns: readonly string[];
}

/** Without these a row says nothing, or says it of another record than yesterday. */
const ALWAYS_REQUIRED: ReadonlySet<FactName> = new Set<FactName>(['patientNumber', 'reportNumber', 'itemCode', 'result', 'collected']);

/** Where the mapping speaks of these, a table without their column would be read as saying something else: numbers without units, retracted results as valid. */
const READ_OTHERWISE: ReadonlySet<FactName> = new Set<FactName>(['unit', 'status']);

/** Finds the columns of a mapping in a header. @param header names of the columns */
export function planColumns(mapping: TableMapping, header: readonly string[]): Planned {
  const columns = new Map<string, number[]>();
  for (const [at, name] of header.entries()) {
    const places = columns.get(columnKey(name));
    if (places === undefined) columns.set(columnKey(name), [at]);
    else places.push(at);
  }
  const faults: Fault[] = [];
  const used = new Set<number>();
  const find = (name: string, isRequired: boolean): number | undefined => {
    const [at, again] = columns.get(columnKey(name)) ?? [];
    if (at !== undefined) used.add(at);
    const where = `row ${mapping.headerRow}, column ${name}`;
    if (again !== undefined) faults.push(faultIn(undefined, 'duplicate', where, `The table has the column ${name} twice, so that nobody can tell which of them counts`));
    else if (at === undefined && isRequired) faults.push(faultIn(undefined, 'required', where, `The table has no column ${name}, which the mapping ${mapping.name} needs`));
    return at;
  };
  const results = mapping.kind === 'report' ? mapping.results.flatMap((result) => resultPlace(result, header, find)) : [];
  if (mapping.kind === 'report' && results.length === 0) {
    faults.push(faultIn(undefined, 'required', `row ${mapping.headerRow}`, `The table has none of the columns of results of the mapping ${mapping.name}`));
  }
  const facts = Object.fromEntries(FACTS.flatMap((fact) => {
    const place = placeOf(fact, mapping.facts, header, find);
    return place === undefined ? [] : [[fact, place]];
  }));
  return { plan: { facts, results, width: header.length }, faults, unmappedColumns: header.filter((name, at) => !used.has(at) && name.trim() !== '') };
}

type Find = (name: string, isRequired: boolean) => number | undefined;

function placeOf(fact: FactName, facts: TableMapping['facts'], header: readonly string[], find: Find): Place | undefined {
  const source: FactSource | undefined = facts[fact];
  if (source === undefined) return undefined;
  if (typeof source !== 'string' && 'constant' in source) return { fact, at: -1, column: '', constant: source.constant, isRequired: false, values: undefined };
  const { column, required = false, values } = typeof source === 'string' ? { column: source } : source;
  const isIdentity = ALWAYS_REQUIRED.has(fact) || (fact === 'residentId' && facts.patientNumber === undefined);
  const at = find(column, required || isIdentity || READ_OTHERWISE.has(fact));
  if (at === undefined) return undefined;
  const customary = CUSTOMARY_VALUES[fact];
  const isRequired = required || (isIdentity && fact !== 'result');
  return { fact, at, column: header[at]?.trim() ?? column, constant: '', isRequired, values: customary === undefined ? undefined : new Map([...customary, ...Object.entries(values ?? {})]) };
}

function resultPlace(result: ResultColumn, header: readonly string[], find: Find): ResultPlace[] {
  const at = find(result.column, result.required ?? false);
  const flagAt = result.flagColumn === undefined ? undefined : find(result.flagColumn, false);
  if (at === undefined) return [];
  const flag: Place | undefined = flagAt === undefined ? undefined : { fact: 'flag', at: flagAt, column: header[flagAt]?.trim() ?? '', constant: '', isRequired: false, values: CUSTOMARY_VALUES.flag };
  return [{ result, at, column: header[at]?.trim() ?? result.column, flag }];
}

/** Name of the column that tells a fact; '' where none does. */
export function columnOf(plan: Plan, fact: FactName): string {
  return plan.facts[fact]?.column ?? '';
}

/** Where a fact stands under a header; undefined where it stands nowhere. */
export function columnAt(mapping: TableMapping, fact: FactName, header: readonly string[]): number | undefined {
  const at = planColumns(mapping, header).plan.facts[fact]?.at ?? -1;
  return at < 0 ? undefined : at;
}

/** Where the results of a row and their ranges stand. */
export function resultColumnsIn(mapping: TableMapping, header: readonly string[]): ReadonlySet<number> {
  const { facts, results } = planColumns(mapping, header).plan;
  return new Set([...(['result', 'range', 'low', 'high'] as const).flatMap((fact) => facts[fact]?.at ?? []), ...results.map(({ at }) => at)]);
}

/** Where the dates of a row stand. */
export function dateColumnsIn(mapping: TableMapping, header: readonly string[]): ReadonlySet<number> {
  const { facts } = planColumns(mapping, header).plan;
  return new Set([...DATE_FACTS].flatMap((fact) => facts[fact]?.at ?? []));
}
