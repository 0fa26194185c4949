import type { JsonObject, Resource } from '../fhir/resource.ts';
import { ITEM_SYSTEM, LOINC_SYSTEM, UCUM_SYSTEM } from './systems.ts';
import type { CodeRow, Conditions, SourceTable } from './tables.ts';
import { isExact } from './tables.ts';

/** Of the target of a mapping that holds for results of some days only. */
export const EFFECTIVE_URL = 'https://bund.example/StructureDefinition/effective-period';
/** `dependsOn.property`: what else a result must have, besides the code. */
export const CONDITION_PROPERTIES: Readonly<Record<keyof Conditions, string>> = {
  specimen: 'https://bund.example/mapping/specimen', method: 'https://bund.example/mapping/method', unit: 'https://bund.example/mapping/unit',
};

/** Canonical of the map of one source. */
export function conceptMapUrl(source: string): string {
  return `https://bund.example/ConceptMap/${source}`;
}

/** System under which the units of a source are named in its map. */
export function unitSystemOf(source: string): string {
  return `https://bund.example/sources/${source}/units`;
}

/**
 * What a source's codes and units mean, as a ConceptMap of R4: a group from the local codes to the items, one to LOINC, one
 * from the units to UCUM. `equivalence` tells how the target relates to the local code: `wider` says that the target is wider.
 * How the LOINC of an item that is not equivalent relates to the local code, nobody has said: it is related.
 *
 * @param at revision of the approved mappings, and the instant
 * @see https://hl7.org/fhir/R4/conceptmap.html
 */
export function conceptMapOf(source: string, table: SourceTable, at: { readonly revision: number; readonly now: string }): Resource {
  const rows = [...table.codes.values()].flat();
  const groups = [
    groupOf(table.system, ITEM_SYSTEM, rows.filter(({ item }) => item !== undefined), (row) => ({ code: row.item?.item ?? '', display: row.item?.zh ?? '', equivalence: row.equivalence })),
    groupOf(table.system, LOINC_SYSTEM, rows, (row) => ({ code: row.loinc, equivalence: row.item === undefined || isExact(row.equivalence) ? row.equivalence : 'relatedto' })),
    unitGroup(source, table),
  ].filter((group) => group !== undefined);
  return {
    resourceType: 'ConceptMap', id: source, url: conceptMapUrl(source), version: String(at.revision), name: `Codes_${source.replace(/[^A-Za-z0-9]/g, '_')}`,
    title: `Local codes and units of ${source}`, status: 'active', date: at.now, publisher: 'Bund',
    ...(groups.length === 0 ? {} : { group: groups }),
  };
}

function groupOf(from: string, to: string, rows: readonly CodeRow[], targetOf: (row: CodeRow) => JsonObject): JsonObject | undefined {
  if (rows.length === 0) return undefined;
  const elements = [...Map.groupBy(rows, ({ local }) => local)].map(([code, ofCode]) => ({
    code, ...displayOf(ofCode), target: ofCode.map((row) => ({ ...periodOf(row), ...targetOf(row), ...dependsOn(row) })),
  }));
  return { source: from, target: to, element: elements };
}

function displayOf(rows: readonly CodeRow[]): JsonObject {
  const display = rows.map((row) => row.display).find((text) => text !== '');
  return display === undefined ? {} : { display };
}

function periodOf({ effective: { from, to } }: CodeRow): JsonObject {
  if (from === undefined && to === undefined) return {};
  return { extension: [{ url: EFFECTIVE_URL, valuePeriod: { ...(from === undefined ? {} : { start: from }), ...(to === undefined ? {} : { end: to }) } }] };
}

function dependsOn({ when }: CodeRow): JsonObject {
  const conditions = (['specimen', 'method', 'unit'] as const).flatMap((name) => (when[name] === undefined ? [] : [{ property: CONDITION_PROPERTIES[name], value: when[name] }]));
  return conditions.length === 0 ? {} : { dependsOn: conditions };
}

/** A spelling that only folds another one is not listed twice. */
function unitGroup(source: string, { units }: SourceTable): JsonObject | undefined {
  const spellings = new Map([...units].map(([text, row]) => [row, text] as const));
  if (spellings.size === 0) return undefined;
  return { source: unitSystemOf(source), target: UCUM_SYSTEM, element: [...spellings].map(([{ ucum }, code]) => ({ code, target: [{ code: ucum, equivalence: 'equal' }] })) };
}
