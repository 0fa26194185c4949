/**
 * The shape of the mapping tables in `profiles/codes/`, as data that an operator can read and a reviewer can compare.
 * `catalogue.json` lists the standard items; `<source>.json` maps one source's local codes and units to them.
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
  /** The LOINC awaits a check against the official table; so for a twin. */
  readonly unverified?: true | undefined;
}

/** Value in `unit` × `factor` = value in the item's own unit. */
export interface Twin { readonly loinc: string; readonly unit: string; readonly factor: number; readonly unverified?: true | undefined }

export interface SourceCodes {
  /** Code system of the local codes, `https://bund.example/sources/<source>/codes`. */
  readonly system: string;
  readonly codes: readonly LocalCode[];
  /** Unit text as the source writes it -> UCUM code. */
  readonly units: Readonly<Record<string, string>>;
}

export interface LocalCode {
  readonly local: string;
  readonly display: string;
  readonly item: string;
  readonly loinc: string;
  /** How the standard item relates to the local code, as in a ConceptMap of R4: `wider` says that the item is wider. */
  readonly equivalence: 'equal' | 'equivalent' | 'wider' | 'narrower' | 'relatedto';
}

/** All tables, indexed for use. Made by `loadCodeTables`. */
export interface CodeTables {
  readonly items: ReadonlyMap<string, CatalogueItem>;
  /** LOINC -> the items that it can stand for, in one unit or another. */
  readonly itemsByLoinc: ReadonlyMap<string, readonly CatalogueItem[]>;
  /** Every UCUM code that a table names. */
  readonly knownUnits: ReadonlySet<string>;
  /** By source id. A source without a file has no entry: all of its local codes are unmapped. */
  readonly sources: ReadonlyMap<string, SourceTable>;
}

export interface SourceTable {
  readonly system: string;
  readonly codes: ReadonlyMap<string, LocalCode>;
  /** By the text as sent and by its normalised form. */
  readonly units: ReadonlyMap<string, string>;
}
