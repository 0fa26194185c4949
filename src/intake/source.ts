import type { CdaConventions, Hl7v2Conventions, TableMapping } from '../normalize/index.ts';
import type { Expectation } from './watch/expected-rates.ts';

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
  /** Absent where the source does not speak HL7 v2. */
  readonly hl7v2?: Hl7v2Sender | undefined;
  /** How its shared documents differ from the standard. */
  readonly cda?: CdaConventions | undefined;
  /** By what its EMR is known when it asks as a CDS client, at order entry. */
  readonly cdsClient?: CdsClient | undefined;
  /** How its tables are read, from `profiles/tables/<id>.json`. */
  readonly tables?: readonly TableMapping[];
  /** What its operators may expect of its feed. */
  readonly watch?: {
    /** Share of its messages that may be refused, 0 to 1. */
    readonly errorShare?: number | undefined;
    /** When messages are to be expected; learned from the weeks before where it is not said. */
    readonly expected?: readonly Expectation[] | undefined;
    /** A result is timely that comes within so many minutes after it was issued. */
    readonly timelyMinutes?: number | undefined;
  } | undefined;
  /** How long the bodies of its messages are kept once they are processed; without it, for good. */
  readonly retention?: { readonly rawDays: number } | undefined;
}

/** How a source is known and read that speaks HL7 v2. */
export interface Hl7v2Sender extends Hl7v2Conventions {
  /** MSH-3 and MSH-4 of its messages; a facility of '' stands for any. */
  readonly senders: readonly { readonly application: string; readonly facility: string }[];
  /** Character set of messages whose MSH-18 is empty, as MSH-18 would name it; UTF-8 where absent. */
  readonly charset?: string | undefined;
  /** SHA-256 of the client certificates by which it is known, hex; where there are none, `networks` count. */
  readonly certificates: readonly string[];
  /** Addresses and networks from which it connects. */
  readonly networks: readonly string[];
}

/** A client of CDS Hooks. @see https://cds-hooks.hl7.org/2.0/#trusting-cds-clients */
export interface CdsClient {
  /** The `iss` of its tokens. */
  readonly iss: string;
  /** Its public keys, as they were handed over: none is fetched from where a token says. */
  readonly jwks: { readonly keys: readonly Readonly<Record<string, unknown>>[] };
}
