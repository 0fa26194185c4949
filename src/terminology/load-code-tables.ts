import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { ConfigError } from '../config.ts';
import { parseProfile } from '../profile-file.ts';
import { canMeet, specificity } from './choose-row.ts';
import { createCodeTables } from './create-code-tables.ts';
import { loincFault } from './loinc.ts';
import type { CatalogueItem, CodeTables, LocalCode, SourceCodes } from './tables.ts';
import { EQUIVALENCES, isExact, namesLoinc } from './tables.ts';
import { isUcum } from './ucum.ts';

const CATALOGUE = 'catalogue.json';
const text = z.string().min(1);
const unverified = z.literal(true).optional();
const loinc = z.string().refine((code) => loincFault(code) === undefined, 'must be a LOINC code with the right check digit');

const catalogueSchema = z.array(z.strictObject({
  item: z.string().regex(/^[A-Z0-9_]+$/, 'must be of capital letters, digits and _'),
  zh: text, en: text, group: text,
  loinc,
  unit: z.string(),
  twins: z.array(z.strictObject({ loinc, unit: text, factor: z.number().positive(), unverified })),
  molarMass: z.number().positive().optional(),
  unverified,
}));

const sourceSchema = z.strictObject({
  system: z.url(),
  codes: z.array(z.strictObject({
    local: text, display: text, item: text, loinc,
    equivalence: z.enum(EQUIVALENCES),
    when: z.strictObject({ specimen: text.optional(), method: text.optional(), unit: text.optional() }).optional(),
  })),
  units: z.record(text, text),
});

/** A table that cannot be used. The message names the file, the row and the fault, one a line. */
export class CodeTableError extends ConfigError {
  override readonly name = 'CodeTableError';
}

/** What stands in `profiles/codes`, checked. */
export interface CodeFiles {
  readonly catalogue: readonly CatalogueItem[];
  /** By source id. */
  readonly sources: ReadonlyMap<string, SourceCodes>;
}

/**
 * Reads `catalogue.json` and one `<source>.json` a source, and checks that they agree with each other and with UCUM.
 *
 * @param dir the folder `profiles/codes`
 * @throws CodeTableError
 * @see profiles/codes/README.md
 */
export async function loadCodeFiles(dir: string): Promise<CodeFiles> {
  const files = (await readdir(dir)).filter((name) => name.endsWith('.json') && name !== CATALOGUE).sort();
  const catalogue = parse(CATALOGUE, catalogueSchema, await readFile(path.join(dir, CATALOGUE), 'utf8'));
  const sources = await Promise.all(files.map(async (file) => ({ file, codes: parse(file, sourceSchema, await readFile(path.join(dir, file), 'utf8')) })));
  const faults = [...catalogueFaults(catalogue), ...sources.flatMap(({ file, codes }) => sourceFaults(file, codes, catalogue))];
  if (faults.length > 0) throw new CodeTableError(faults.join('\n'));
  return { catalogue, sources: new Map(sources.map(({ file, codes }) => [file.slice(0, -'.json'.length), codes])) };
}

/** The tables of the files alone. @throws CodeTableError */
export async function loadCodeTables(dir: string): Promise<CodeTables> {
  const { catalogue, sources } = await loadCodeFiles(dir);
  return createCodeTables(catalogue, sources);
}

function parse<T>(file: string, schema: z.ZodType<T>, content: string): T {
  return parseProfile(`profiles/codes/${file}`, content, schema, CodeTableError);
}

function catalogueFaults(catalogue: readonly CatalogueItem[]): string[] {
  const names = catalogue.map((item) => item.item);
  const units = catalogue.flatMap((item) => [item.unit, ...item.twins.map((twin) => twin.unit)].map((unit) => ({ item: item.item, unit })));
  return [
    ...repeated(names).map((name) => `profiles/codes/${CATALOGUE} lists item ${name} twice`),
    ...units.filter(({ unit }) => unit !== '' && !isUcum(unit)).map(({ item, unit }) => `profiles/codes/${CATALOGUE}: unit ${unit} of item ${item} is no UCUM code`),
  ];
}

function sourceFaults(file: string, { codes, units }: SourceCodes, catalogue: readonly CatalogueItem[]): string[] {
  const items = new Map(catalogue.map((item) => [item.item, item]));
  const where = `profiles/codes/${file}`;
  return [
    ...repeatedCodes(codes).map((local) => `${where} maps local code ${local} twice`),
    ...codes.flatMap(({ local, item = '', loinc: code, equivalence }) => {
      const target = items.get(item);
      if (target === undefined) return [`${where} maps local code ${local} to ${item}, which the catalogue does not list`];
      return isExact(equivalence) && !namesLoinc(target, code) ? [`${where} maps local code ${local} to LOINC ${code}, which item ${item} does not list`] : [];
    }),
    ...Object.entries(units).filter(([, ucum]) => !isUcum(ucum)).map(([unit, ucum]) => `${where} maps unit ${unit} to ${ucum}, which is no UCUM code`),
  ];
}

/** Local codes with two rows that one result could meet, and none of which is more specific. */
function repeatedCodes(codes: readonly LocalCode[]): readonly string[] {
  return [...Map.groupBy(codes, ({ local }) => local)].filter(([, rows]) => rows.some((row, at) => rows.slice(at + 1).some((other) =>
    specificity(row.when ?? {}) === specificity(other.when ?? {}) && canMeet({ when: row.when ?? {}, effective: {} }, { when: other.when ?? {}, effective: {} })))).map(([local]) => local);
}

function repeated(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}
