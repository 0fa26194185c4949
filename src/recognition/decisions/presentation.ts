import type { Assessment } from '../rules/assessment.ts';

/** One version of a stored resource, `Observation/o1` as it was read. */
export interface VersionedReference { readonly reference: string; readonly version: number }

/** An order, drafted or stored, as far as a decision depends on it. */
export interface DecidedOrder {
  /** `ServiceRequest/…` of this exchange, where the order is stored here. */
  readonly reference?: string | undefined;
  /**
   * By which the same order is known again: its reference, `system|value` of its identifier, or the id under which the EMR drafts it.
   * A draft's id means something at its EMR only; the institution is part of the key of a decision, so that two EMRs never meet.
   */
  readonly key: string;
  /** Logical id of the Patient for whom is ordered. */
  readonly patient: string;
  /** Logical id of the ordering Organization. */
  readonly organization: string;
  /** As the EMR names it. */
  readonly department?: string | undefined;
  /** Who orders: `Practitioner/…` or the subject of a token. */
  readonly practitioner?: string | undefined;
  /** `Encounter/…`, or as the EMR names it. */
  readonly encounter?: string | undefined;
}

/** What may stand in for the test. */
export interface PriorUsed {
  /** The DiagnosticReport; undefined where the result came without one, and the first of `results` then takes its place. */
  readonly report: VersionedReference | undefined;
  /** Observations or ImagingStudies; those of a panel together. At least one. */
  readonly results: readonly VersionedReference[];
  /** Logical ids of the Patients of these records: other ones than that of the order, of the same person. */
  readonly patients: readonly string[];
  /** Logical id of the Organization that performed the test. */
  readonly performer: string | undefined;
  /** As people call it, for the note. */
  readonly performerName?: string | undefined;
  /** For the note in the medical record: `空腹血糖 5.6 mmol/L`, without the institution. */
  readonly text?: string | undefined;
}

/** Price of what is not done again, at the ordering institution, in fen. */
export interface Price { readonly grossFen: number; readonly patientShareFen: number }

/** What a physician is about to be shown of one ordered item. Nothing that is `hidden` is ever presented. */
export interface Presentation {
  readonly order: DecidedOrder;
  /** Item of the catalogue, or the panel that was ordered. */
  readonly item: string;
  readonly name: { readonly zh: string; readonly en: string };
  /** Of a panel: the items for which results are presented. */
  readonly members?: readonly string[] | undefined;
  /** Accepting it leaves nothing of the order to be done: then a stored order is revoked. False for one item of several, and for a partial panel. */
  readonly coversOrder: boolean;
  readonly prior: PriorUsed;
  readonly assessment: Assessment;
  readonly price: Price | undefined;
}
