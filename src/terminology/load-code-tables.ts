import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { normalizeUnit } from './normalize-unit.ts';
import type { CatalogueItem, CodeTables, SourceCodes, SourceTable } from './tables.ts';
import { isUcum } from './ucum.ts';

const CATALOGUE = 'catalogue.json';
const text = z.string().min(1);
const unverified = z.literal(true).optional();

const catalogueSchema = z.array(z.strictObject({
  item: z.string().regex(/^[A-Z0-9_]+$/, 'must be of capital letters, digits and _'),
  zh: text, en: text, group: text,
  loinc: z.string().regex(/^\d+-\d$/, 'must be a LOINC code'),
  unit: z.string(),
  twins: z.array(z.strictObject({ loinc: z.string().regex(/^\d+-\d$/, 'must be a LOINC code'), unit: text, factor: z.number().positive(), unverified })),
  unverified,
}));

const sourceSchema = z.strictObject({
  system: z.url(),
  codes: z.array(z.strictObject({
    local: text, display: text, item: text, loinc: text,
    equivalence: z.enum(['equal', 'equivalent', 'wider', 'narrower', 'relatedto']),
  })),
  units: z.record(text, text),
});

/** A table that cannot be used. The message names the file, the row and the fault, one a line. */
export class CodeTableError extends Error {
  override readonly name = 'CodeTableError';
}

/**
 * Reads `catalogue.json` and one `<source>.json` a source, and checks that they agree with each other and with UCUM.
 *
 * @param dir the folder `profiles/codes`
 * @throws CodeTableError
 * @see profiles/codes/README.md
 */
export async function loadCodeTables(dir: string): Promise<CodeTables> {
  const files = (await readdir(dir)).filter((name) => name.endsWith('.json') && name !== CATALOGUE).sort();
  const catalogue = parse(CATALOGUE, catalogueSchema, await readFile(path.join(dir, CATALOGUE), 'utf8'));
  const sources = await Promise.all(files.map(async (file) => ({ file, codes: parse(file, sourceSchema, await readFile(path.join(dir, file), 'utf8')) })));
  const faults = [...catalogueFaults(catalogue), ...sources.flatMap(({ file, codes }) => sourceFaults(file, codes, catalogue))];
  if (faults.length > 0) throw new CodeTableError(faults.join('\n'));
  return createCodeTables(catalogue, new Map(sources.map(({ file, codes }) => [file.slice(0, -'.json'.length), codes])));
}

/** Indexes tables that are known to be sound. */
export function createCodeTables(catalogue: readonly CatalogueItem[], sources: ReadonlyMap<string, SourceCodes>): CodeTables {
  const itemsByLoinc = new Map<string, CatalogueItem[]>();
  for (const item of catalogue) {
    for (const loinc of new Set([item.loinc, ...item.twins.map((twin) => twin.loinc)])) {
      itemsByLoinc.set(loinc, [...itemsByLoinc.get(loinc) ?? [], item]);
    }
  }
  const unitsOfSources = [...sources.values()].flatMap((source) => Object.values(source.units));
  return {
    items: new Map(catalogue.map((item) => [item.item, item])),
    itemsByLoinc,
    knownUnits: new Set([...catalogue.flatMap((item) => [item.unit, ...item.twins.map((twin) => twin.unit)]), ...unitsOfSources].filter((unit) => unit !== '')),
    sources: new Map([...sources].map(([id, codes]) => [id, indexSource(codes)])),
  };
}

function indexSource({ system, codes, units }: SourceCodes): SourceTable {
  const asSent = Object.entries(units);
  return {
    system,
    codes: new Map(codes.map((code) => [code.local, code])),
    units: new Map([...asSent.map(([unit, ucum]) => [normalizeUnit(unit), ucum] as const), ...asSent]),
  };
}

function parse<T>(file: string, schema: z.ZodType<T>, content: string): T {
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch (error) {
    throw new CodeTableError(`profiles/codes/${file} is not JSON`, { cause: error });
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new CodeTableError(parsed.error.issues.map((issue) => `profiles/codes/${file} at ${issue.path.join('.') || 'the top'}: ${issue.message}`).join('\n'));
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
  const knowsLoinc = (item: CatalogueItem, loinc: string): boolean => item.loinc === loinc || item.twins.some((twin) => twin.loinc === loinc);
  const where = `profiles/codes/${file}`;
  return [
    ...repeated(codes.map((code) => code.local)).map((local) => `${where} maps local code ${local} twice`),
    ...codes.flatMap(({ local, item, loinc, equivalence }) => {
      const target = items.get(item);
      if (target === undefined) return [`${where} maps local code ${local} to ${item}, which the catalogue does not list`];
      const isExact = equivalence === 'equal' || equivalence === 'equivalent';
      return isExact && !knowsLoinc(target, loinc) ? [`${where} maps local code ${local} to LOINC ${loinc}, which item ${item} does not list`] : [];
    }),
    ...Object.entries(units).filter(([, ucum]) => !isUcum(ucum)).map(([unit, ucum]) => `${where} maps unit ${unit} to ${ucum}, which is no UCUM code`),
  ];
}

function repeated(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}
