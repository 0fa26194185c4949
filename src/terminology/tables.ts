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
  readonly twins: readonly { readonly loinc: string; readonly unit: string; readonly factor: number; readonly unverified?: true }[];
  /** The LOINC awaits a check against the official table; so for a twin. */
  readonly unverified?: true;
}

export interface SourceCodes {
  /** Code system of the local codes, `https://bund.example/sources/<source>/codes`. */
  readonly system: string;
  readonly codes: readonly { readonly local: string; readonly display: string; readonly item: string; readonly loinc: string; readonly equivalence: 'equal' | 'equivalent' | 'wider' | 'narrower' | 'relatedto' }[];
  /** Unit text as the source writes it -> UCUM code. */
  readonly units: Readonly<Record<string, string>>;
}
