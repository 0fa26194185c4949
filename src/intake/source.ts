/** One sending system of one institution: a file of `profiles/sources/`, named `<id>.json`. */
export interface Source {
  /** In the path `POST /intake/:source` and in the token's `source` claim. */
  readonly id: string;
  readonly name: string;
  readonly organization: {
    /** Logical id of the Organization, also the `facility` claim of its clinicians' tokens. */
    readonly id: string;
    readonly name: string;
    readonly level: 'tertiary' | 'secondary' | 'community';
    /** 统一社会信用代码, 18 characters with a valid check character. */
    readonly uscc: string;
  };
  /** Offset of local times sent without one, `+08:00`. */
  readonly offset: string;
  /** System of the source's own patient numbers. */
  readonly patientNumberSystem: string;
  /** Resource type -> canonical of the profile that the intake demands. */
  readonly demands: Readonly<Record<string, string>>;
}
