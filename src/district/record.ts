import { hash } from 'node:crypto';
import type { JsonObject, Resource } from '../fhir/resource.ts';
import type { Institution } from './institutions.ts';

/** One resource of a message, and how the other resources of it speak of it. */
export interface Part {
  readonly resource: Resource;
  readonly fullUrl: string;
  /** For `Reference.reference`. */
  readonly reference: string;
}

/** Forms whose entries have addresses of the sender's server; the others use `urn:uuid`. */
const WITH_ADDRESSES: readonly Institution['form'][] = ['message', 'batch', 'transaction-put'];

/**
 * Gives a resource its place in a message of this institution.
 *
 * @param local what tells the resource from others of its type at this institution; the same again for the same resource
 */
export function partOf(institution: Institution, local: string, resource: Resource): Part {
  if (!WITH_ADDRESSES.includes(institution.form)) {
    const urn = `urn:uuid:${uuidOf(`${institution.source}|${resource.resourceType}|${local}`)}`;
    return { resource, fullUrl: urn, reference: urn };
  }
  const { resourceType, ...rest } = resource;
  const reference = `${resourceType}/${local}`;
  return { resource: { resourceType, id: local, ...rest }, fullUrl: `${institution.base}/${reference}`, reference };
}

export function refer(part: Part): JsonObject {
  return { reference: part.reference };
}

/** An identifier that the institution gave out itself. */
export function localIdentifier(institution: Institution, kind: string, value: string): JsonObject {
  return { system: `https://bund.example/sources/${institution.source}/${kind}`, value };
}

/** A coding of one of the institution's own lists. */
export function localCode(institution: Institution, list: string, { code, display }: { readonly code: string; readonly display: string }): JsonObject {
  return { system: `https://bund.example/sources/${institution.source}/${list}`, code, display };
}

/** The same UUID for the same text: version and variant as RFC 9562 asks of a UUID made from a hash. */
export function uuidOf(text: string): string {
  const h = hash('sha256', text);
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-8${h.slice(13, 16)}-a${h.slice(17, 20)}-${h.slice(20, 32)}`;
}

/** A DICOM unique identifier made from a UUID (DICOM PS3.5 B.2). */
export function dicomUid(text: string): string {
  return `2.25.${BigInt(`0x${uuidOf(text).replaceAll('-', '')}`)}`;
}
