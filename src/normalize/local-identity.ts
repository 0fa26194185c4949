import type { JsonObject, JsonValue, Resource } from '../fhir/resource.ts';
import { isObject } from '../fhir/resource.ts';
import { RESIDENT_ID_SYSTEMS } from '../fhir/validation/identifiers.ts';
import type { CdaConventions } from './cda/conventions.ts';
import type { LocalIdentity } from './derive-id.ts';
import type { Hl7v2Conventions } from './hl7v2/conventions.ts';
import type { SentEntry } from './message.ts';
import type { TableMapping } from './table/mapping.ts';

/** What the normaliser needs to know of the sender. */
export interface Sender {
  readonly id: string;
  readonly patientNumberSystem: string;
  /** Offset of local times, `+08:00`. */
  readonly offset: string;
  /** Its own institution. */
  readonly organization: { readonly id: string; readonly uscc: string };
  /** How its tables are to be read. */
  readonly tables?: readonly TableMapping[];
  /** Of a sender that speaks HL7 v2. */
  readonly hl7v2?: Hl7v2Conventions | undefined;
  /** How its shared documents differ from the standard. */
  readonly cda?: CdaConventions | undefined;
}

export interface SentIdentifier { readonly system: string; readonly value: string; readonly use: string }

/**
 * What the source calls a record, as far as the record alone tells: its first identifier by rank, else its own id, else its
 * `fullUrl`. A `urn:` of a POST is a placeholder of that one bundle and counts for nothing.
 *
 * @returns undefined where only the content can tell records apart
 */
export function localIdentityOf(entry: SentEntry, sender: Sender): LocalIdentity | undefined {
  const [first] = identifiersOf(entry.resource).filter(namesRecord).sort((a, b) => rank(a, sender) - rank(b, sender));
  if (first !== undefined) return identityBy(first);
  if (entry.ownId !== undefined) return { kind: 'id', value: entry.ownId };
  const isPlaceholder = entry.method === 'POST' && entry.fullUrl?.startsWith('urn:') === true;
  return entry.fullUrl === undefined || isPlaceholder ? undefined : { kind: 'url', value: entry.fullUrl };
}

export function identityBy(identifier: { readonly system: string; readonly value: string }): LocalIdentity {
  return { kind: 'identifier', value: `${identifier.system}|${identifier.value}` };
}

/** Identifiers with a system and a value: without a system a number says nothing beyond its own screen. */
export function identifiersOf(resource: Resource): readonly SentIdentifier[] {
  const sent = resource['identifier'];
  const list: readonly JsonValue[] = Array.isArray(sent) ? sent : sent === undefined ? [] : [sent];
  return list.flatMap((identifier) => (isObject(identifier) ? readIdentifier(identifier) ?? [] : []));
}

export function readIdentifier(identifier: JsonObject): SentIdentifier | undefined {
  const { system, value, use } = identifier;
  if (typeof system !== 'string' || typeof value !== 'string' || system === '' || value === '') return undefined;
  return { system, value, use: typeof use === 'string' ? use : '' };
}

function namesRecord({ use }: SentIdentifier): boolean {
  return use !== 'old' && use !== 'temp';
}

function rank({ system }: SentIdentifier, sender: Sender): number {
  if (system === sender.patientNumberSystem) return 0;
  // A number of the person and not of the record: it is corrected, added and lent, so it comes last.
  return RESIDENT_ID_SYSTEMS.includes(system) ? 2 : 1;
}
