import type { Days } from './catalogue-item.ts';

/**
 * What an institution has shown for one item in external quality assessment (室间质评). Kept as a VerificationResult.
 *
 * @see https://hl7.org/fhir/R4/verificationresult.html
 */
export interface Certificate {
  /** Logical id of the VerificationResult. */
  readonly id: string;
  /** Logical id of the Organization that was assessed. */
  readonly organization: string;
  /** Item of the catalogue. */
  readonly item: string;
  /** Holds for results of this method alone; undefined: of any. */
  readonly method: string | undefined;
  readonly instrument: string | undefined;
  /** Id of the scope within which the mark is recognised. */
  readonly scope: string;
  readonly organiser: string;
  readonly programme: string;
  readonly rounds: readonly Round[];
  readonly valid: Days;
  /** From this instant on nothing new is recognised by it; what was, stands. */
  readonly recalled: { readonly at: string; readonly reason: string } | undefined;
}

/** `score`: acceptable results of 100 evaluated. */
export interface Round { readonly round: string; readonly score: number }

/** The mark that a result carries: by which certificate, and within which scope. */
export interface Mark { readonly certificate: string; readonly scope: string; readonly label: string }
