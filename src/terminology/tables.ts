/**
 * The shape of the mapping tables: those in `profiles/codes/`, as data that an operator can read and a reviewer can compare,
 * and what is approved in the workbench. `catalogue.json` lists the standard items; `<source>.json` maps one source's local
 * codes and units to them.
 */

/** One standard laboratory item. `item` is the primary key, LOINC the second coding, the hospital's code the third. */
export interface CatalogueItem {
  /** Key in `ITEM_SYSTEM`, `GLU`. */
  readonly item: string;
  readonly zh: string;
  readonly en: string;
  readonly group: string;
  /** LOINC of the item measured in `unit`. */
  readonly loinc: string;
  /** UCUM code in which results of all institutions are compared; '' for ordinal results. */
  readonly unit: string;
  /** The same quantity reported in another unit: its own LOINC and the factor to `unit`. */
  readonly twins: readonly Twin[];
  /** g/mol, where the item is one substance that is counted in moles. */
  readonly molarMass?: number | undefined;
  /** The LOINC awaits a check against the official table; so for a twin. */
  readonly unverified?: true | undefined;
}

/** Value in `unit` × `factor` = value in the item's own unit. */
export interface Twin { readonly loinc: string; readonly unit: string; readonly factor: number; readonly unverified?: true | undefined }

/** Whether an item lists a LOINC, as its own or as that of a twin. */
export function namesLoinc({ loinc, twins }: CatalogueItem, code: string): boolean {
  return loinc === code || twins.some((twin) => twin.loinc === code);
}

export interface SourceCodes {
  /** Code system of the local codes, `https://bund.example/sources/<source>/codes`. */
  readonly system: string;
  readonly codes: readonly LocalCode[];
  /** Unit text as the source writes it -> UCUM code. */
  readonly units: Readonly<Record<string, string>>;
}

/** How the standard item relates to the local code, as in a ConceptMap of R4: `wider` says that the item is wider. */
export const EQUIVALENCES = ['equal', 'equivalent', 'wider', 'narrower', 'relatedto'] as const;
export type Equivalence = (typeof EQUIVALENCES)[number];

/** Only these may feed mutual recognition. */
export function isExact(equivalence: Equivalence): boolean {
  return equivalence === 'equal' || equivalence === 'equivalent';
}

export interface LocalCode {
  readonly local: string;
  readonly display: string;
  /** Absent where the LOINC stands for no item of the catalogue. */
  readonly item?: string | undefined;
  readonly loinc: string;
  readonly equivalence: Equivalence;
  readonly when?: Conditions | undefined;
}

/** What a row demands of a result besides its code: texts or codes as the laboratory sends them. Absent: anything. */
export interface Conditions {
  readonly specimen?: string | undefined;
  readonly method?: string | undefined;
  /** As sent or in UCUM. */
  readonly unit?: string | undefined;
}

/** Days of the laboratory, `2026-03-01`, both included: a row holds for results whose specimen was taken within. */
export interface Period { readonly from?: string | undefined; readonly to?: string | undefined }

/** All tables, indexed for use. Made by `createCodeTables`. */
export interface CodeTables {
  readonly items: ReadonlyMap<string, CatalogueItem>;
  /** LOINC -> the items that it can stand for, in one unit or another. */
  readonly itemsByLoinc: ReadonlyMap<string, readonly CatalogueItem[]>;
  /** Every UCUM code that a table names. */
  readonly knownUnits: ReadonlySet<string>;
  /** By source id. A source without a table has no entry: all of its local codes are unmapped. */
  readonly sources: ReadonlyMap<string, SourceTable>;
}

export interface SourceTable {
  readonly system: string;
  /** By local code; of several rows the first that applies to a result holds. */
  readonly codes: ReadonlyMap<string, readonly CodeRow[]>;
  /** By the text as sent and by its normalised form. */
  readonly units: ReadonlyMap<string, UnitRow>;
  /** Whether any row holds for some specimens only. */
  readonly asksForSpecimen: boolean;
}

export interface CodeRow {
  readonly local: string;
  readonly display: string;
  readonly item: CatalogueItem | undefined;
  readonly loinc: string;
  readonly equivalence: Equivalence;
  readonly when: Conditions;
  readonly effective: Period;
  /** Id of the mapping that was approved in the workbench; undefined for a row of a file. */
  readonly mapping: string | undefined;
  /** Changes with what the row says and with nothing else: `hospital-a|1f3a9c2e4b5d`. */
  readonly version: string;
}

export interface UnitRow {
  readonly ucum: string;
  readonly mapping: string | undefined;
  readonly version: string;
}
