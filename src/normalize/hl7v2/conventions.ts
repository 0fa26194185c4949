/** What one sender of HL7 v2 means by names that the standard leaves to it. */
export interface Hl7v2Conventions {
  /** Namespace of an assigning authority, or its universal id -> system of the identifiers that it assigns. */
  readonly authorities: Readonly<Record<string, string>>;
  /** Namespace or universal id of the authority whose numbers are the source's own patient numbers. */
  readonly patientAuthority?: string | undefined;
  /** Name of a code system in a coded field -> its uri. */
  readonly codeSystems: Readonly<Record<string, string>>;
}
