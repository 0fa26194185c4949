import type { Circumstance, InstitutionLevel } from './catalogue-item.ts';

/** An institution as the rules see it. */
export interface Institution {
  /** Logical id of the Organization. */
  readonly organization: string;
  readonly level: InstitutionLevel;
  /** Ids of the scopes that it belongs to, the narrowest first. */
  readonly scopes: readonly string[];
}

/** One item that a physician is about to order. */
export interface OrderItem {
  /** Item of the catalogue; undefined where the order's code stands for none. */
  readonly item: string | undefined;
  readonly orderedBy: Institution;
  /** Class of specimen that the order asks for; undefined: what the catalogue says. */
  readonly specimen: string | undefined;
  readonly bodySite: string | undefined;
  readonly laterality: string | undefined;
  readonly contrast: 'with' | 'without' | undefined;
  /** Method on which the physician insists, or by which the ordering laboratory would measure. */
  readonly method: string | undefined;
  readonly circumstances: readonly Circumstance[];
}

/** How sure it is that a record is of the person for whom is ordered. */
export type PersonGrade = 'certain' | 'probable' | 'possible' | 'not';

/** A result of the same person, read out of what its source sent. Instants are ISO 8601 with an offset or `Z`. */
export interface PriorResult {
  /** `Observation/…`, or `ImagingStudy/…`. */
  readonly reference: string;
  readonly version: number;
  /** `DiagnosticReport/…` in which it stands. */
  readonly report: string | undefined;
  /** Logical id of the Patient. */
  readonly patient: string;
  readonly grade: PersonGrade;
  readonly kind: 'result' | 'conclusion';
  readonly item: string | undefined;
  /** The local code is `equal` or `equivalent` to the item. */
  readonly isExact: boolean;
  /** Of the result, and of its report where there is one. */
  readonly statuses: readonly string[];
  readonly specimen: string | undefined;
  readonly bodySite: string | undefined;
  readonly laterality: string | undefined;
  readonly contrast: 'with' | 'without' | undefined;
  readonly modality: string | undefined;
  readonly method: string | undefined;
  readonly instrument: string | undefined;
  /** `none`: a result in words, or an examination. `unknown`: not to be converted to the unit of the item. */
  readonly unit: 'common' | 'converted' | 'unknown' | 'none';
  readonly collectedAt: string | undefined;
  readonly effectiveAt: string | undefined;
  readonly issuedAt: string | undefined;
  /** Undefined: not told, or no institution of the region. */
  readonly performer: Institution | undefined;
  /** Of an examination: its images can be opened. */
  readonly hasImages: boolean;
}
