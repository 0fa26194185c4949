import { sourceUri } from '../../derive-id.ts';
import type { Sender } from '../../local-identity.ts';
import type { Value } from '../segment.ts';

/** HD, or the part of an EI that names who assigned the number. */
export interface Authority { readonly namespace: string; readonly universalId: string; readonly universalType: string }

/** Gives a part of a datatype by its number, wherever the datatype stands: as a field, or as a component of one. */
export type Parts = (number: number) => string;

/** The parts of a datatype that fills a field. */
export function fieldParts(value: Value): Parts {
  return (number) => value.text(number);
}

/** The parts of a datatype that fills one component. */
export function componentParts(value: Value, component: number): Parts {
  return (number) => value.text(component, number);
}

/** @param first number of the part that holds the namespace */
export function authorityOf(parts: Parts, first: number): Authority {
  return { namespace: parts(first), universalId: parts(first + 1), universalType: parts(first + 2) };
}

export function isNamed({ namespace, universalId }: Authority): boolean {
  return namespace !== '' || universalId !== '';
}

/** Kind of the numbers of patients. */
export const PATIENT = 'patient';

const OID = /^[0-2](\.(0|[1-9]\d*))+$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const NO_BLANK = /^\S+$/;

/**
 * The identifier system of numbers that an authority assigns: as the sender's description says, else its universal id as a
 * uri, else one below the sender's own address.
 *
 * The authority of the patient numbers often names the hospital as a whole: a visit or an order of it has a number of another kind.
 *
 * @param kind of numbers without any authority: `visit`
 */
export function systemOf(authority: Authority, sender: Sender, kind: string): string {
  const { namespace, universalId } = authority;
  const known = sender.hl7v2?.authorities ?? {};
  for (const name of [namespace, universalId]) {
    const configured = name !== '' && Object.hasOwn(known, name) ? known[name] : undefined;
    if (configured !== undefined) return configured === sender.patientNumberSystem && kind !== PATIENT ? ownSystem(sender, kind) : configured;
  }
  return universalUri(authority) ?? ownSystem(sender, namespace || universalId || kind);
}

/** The system of numbers that only the sender itself can explain. */
export function ownSystem(sender: Sender, name: string): string {
  return `${sourceUri(sender.id)}/identifiers/${encodeURIComponent(name.toWellFormed())}`;
}

/** A universal id as a uri; undefined where its type names no scheme of uris, or it is not what the type says. */
function universalUri({ universalId, universalType }: Authority): string | undefined {
  if (universalId === '' || !NO_BLANK.test(universalId)) return undefined;
  switch (universalType.toUpperCase()) {
    case '': case 'ISO': case 'OID': return OID.test(universalId) ? `urn:oid:${universalId}` : undefined;
    case 'DNS': return `http://${universalId}`;
    case 'URI': case 'URL': return universalId.includes(':') ? universalId : `http://${universalId}`;
    case 'GUID': case 'UUID': return UUID.test(universalId) ? `urn:uuid:${universalId.toLowerCase()}` : undefined;
    default: return undefined;
  }
}
