/**
 * What a source does its own way in shared documents, where the standard leaves it open. Roots are object identifiers, as in
 * the `root` of an id: `2.16.156.10011.1.12`.
 */
export interface CdaConventions {
  /** Root of the ids by which the source numbers its patients and not their visits: those are its patient numbers. */
  readonly patientRoot?: string | undefined;
  /** Its own institution as it stands in documents (root 2.16.156.10011.1.5), where that is no unified social credit code. */
  readonly organizationCode?: string | undefined;
  /** Root -> the system under which the source sends the same numbers elsewhere, as in FHIR or HL7 v2: so its records meet. */
  readonly identifierSystems?: Readonly<Record<string, string>> | undefined;
  /** System of the codes of test items that come without one. The source's own codes where it is left out. */
  readonly itemCodeSystem?: string | undefined;
}
