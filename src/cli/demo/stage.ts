import type { DistrictOptions, Resident } from '../../district/residents.ts';
import type { Services } from '../../services.ts';
import type { Client } from './client.ts';
import type { People } from './people.ts';

/** What every scene of the demonstration works with. */
export interface Stage {
  /** Address of the gateway. */
  readonly url: string;
  /** Where it takes in HL7 v2 over MLLP. */
  readonly mllpPort: number;
  /** Ends every scene. */
  readonly signal: AbortSignal;
  readonly services: Services;
  readonly district: DistrictOptions;
  /** The resident whose results are shown: seen at four institutions. */
  readonly resident: Resident;
  /** Source of the hospital where the clinician works. */
  readonly home: string;
  /** Bearer tokens, and the same people as clients. */
  readonly tokens: People;
  readonly clinician: Client;
  readonly auditor: Client;
  readonly operator: Client;
  readonly approver: Client;
  readonly system: Client;
  /** By source id. */
  readonly senders: ReadonlyMap<string, Client>;
}
