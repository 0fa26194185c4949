/** The catalogue of mutual recognition as the rules read it. Files, versions and approval are the affair of `catalogue/`. */

/** Day of the district, `2026-03-01`; both ends are included, an absent end is open. */
export interface Days { readonly from?: string | undefined; readonly to?: string | undefined }

/** From which instant of a prior result its age counts. */
export type Anchor = 'collected' | 'effective' | 'issued';

export const SCOPE_LEVELS = ['national', 'province', 'city', 'district', 'consortium'] as const;
export type ScopeLevel = (typeof SCOPE_LEVELS)[number];

/** An area within which marks are recognised. The tree ends at the nation; an institution belongs to a scope and all above it. */
export interface Scope {
  /** `shanghai`. */
  readonly id: string;
  readonly level: ScopeLevel;
  /** Printed beside a result: `全国HR`, `沪HR`. */
  readonly label: string;
  readonly parent?: string | undefined;
}

export const INSTITUTION_LEVELS = ['community', 'secondary', 'tertiary'] as const;
export type InstitutionLevel = (typeof INSTITUTION_LEVELS)[number];

/** Circumstances of an order in which some items are never taken over. */
export const CIRCUMSTANCES = ['emergency', 'pre-operative', 'transfusion', 'chest-pain', 'forensic'] as const;
export type Circumstance = (typeof CIRCUMSTANCES)[number];

/** What of an examination must be the same, besides its code. Codes are those of `profiles/recognition/`. */
export interface Examined {
  /** DICOM modality, `CT`; X-ray machines `DX` and `CR` count as one. */
  readonly modality: string;
  readonly bodySite: string;
  /** The side must be named, and equal. */
  readonly isLateral?: true | undefined;
  readonly contrast?: 'with' | 'without' | undefined;
}

/** One row of the catalogue: what may be recognised, for how long, from whom. */
export interface CatalogueRow {
  /** Of the row, not of the item: `GLU@2026`. */
  readonly id: string;
  /** Key in `ITEM_SYSTEM` for a laboratory item (`profiles/codes/catalogue.json`); for an examination a key of its own, `CT-CHEST`. */
  readonly item: string;
  readonly kind: 'laboratory' | 'imaging';
  readonly zh: string;
  readonly en: string;
  readonly group: string;
  /** Standard codes by which an order or a result names the item, besides `item` itself. */
  readonly codes: readonly { readonly system: string; readonly code: string }[];
  /** Classes of specimen that count as equal: a result from any other, or from an unknown one, is shown only. Empty for imaging. */
  readonly specimens: readonly string[];
  readonly examined?: Examined | undefined;
  /** Results of one method only are comparable: both must be named, and equal. */
  readonly isMethodSpecific?: true | undefined;
  /** `days` 0: shared, never recognised. */
  readonly window: { readonly days: number; readonly anchor: Anchor };
  /** A mark of this level or of one above it is asked for. */
  readonly scope: ScopeLevel;
  /**
   * From whom an institution of each level takes results: the levels of the performer. Absent: its own level and those above.
   */
  readonly accepts?: Readonly<Partial<Record<InstitutionLevel, readonly InstitutionLevel[]>>> | undefined;
  /** Never recognised in these circumstances. */
  readonly exclusions: readonly Circumstance[];
  /** Changes within hours or days in illness, so that a physician's second reason needs no words. */
  readonly isVolatile?: true | undefined;
  /** Shown to nobody who did not order it. */
  readonly isConfidential?: true | undefined;
  /** Disabled rows stay in the catalogue and recognise nothing; their results are shown. */
  readonly isEnabled: boolean;
  /** Why it, or its group, is disabled; shown to whoever asks. */
  readonly disabledReason?: string | undefined;
  readonly effective: Days;
}

/** An order of several items under one name. */
export interface CataloguePanel {
  /** `LIP`. */
  readonly panel: string;
  readonly zh: string;
  readonly en: string;
  /** Codes by which an order names it: LOINC panels, and the panels of sources. */
  readonly codes: readonly { readonly system: string; readonly code: string }[];
  /** Items that the panel asks for. */
  readonly members: readonly string[];
  /** Items that it may contain, and that it is complete without. */
  readonly optional?: readonly string[] | undefined;
}
