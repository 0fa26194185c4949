import { hash } from 'node:crypto';
import type { ScannedBundle } from '../../fhir/bundle.ts';
import { parseReference } from '../../fhir/references.ts';
import type { JsonObject, JsonValue, Resource } from '../../fhir/resource.ts';
import { isObject, objectsOf } from '../../fhir/resource.ts';
import { defined } from '../defined.ts';
import { identifiersOf, readIdentifier } from '../local-identity.ts';
import type { SentIdentifier } from '../local-identity.ts';
import type { Fault, Origin, SentEntry } from '../message.ts';
import { faultAt, NO_ENTRY } from '../message.ts';
import { textOf } from './read-entry.ts';

/** A document is kept whole within one record, and that must fit into one of the store. */
export const MAX_DOCUMENT_BYTES = 8_000_000;

const JSON_TYPE = 'application/fhir+json';
const CONFIDENTIALITY = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
/** Who can authenticate a document, by R4; a patient may attest a composition. */
const AUTHENTICATORS: ReadonlySet<string | undefined> = new Set(['Practitioner', 'PractitionerRole', 'Organization']);

/** Elements of the DocumentReference, and those of the Composition that they come from. */
const ORIGINS = { type: 'type', category: 'category', docStatus: 'status', status: 'status', subject: 'subject', date: 'date', author: 'author', authenticator: 'attester', custodian: 'custodian', relatesTo: 'relatesTo', description: 'title', securityLabel: 'confidentiality', context: 'event' } as const;

/**
 * The records by which a FHIR document is found and kept itself, besides its entries: a DocumentReference made of its Composition,
 * and a Binary of its bytes. None where the sender has told of the document in a DocumentReference of its own.
 *
 * @param entries of the document, the Composition first
 * @see https://hl7.org/fhir/R4/documents.html and https://hl7.org/fhir/R4/documentreference-mappings.html
 */
export function documentEntries({ envelope }: ScannedBundle, bytes: Buffer, entries: readonly SentEntry[]): { readonly entries: readonly SentEntry[]; readonly faults: readonly Fault[] } {
  const [first] = entries;
  if (first?.resource.resourceType !== 'Composition') return { entries: [], faults: [] };
  const identifiers = [envelope['identifier'], first.resource['identifier']].flatMap((sent) => identifierIn(sent));
  if (entries.some(({ resource }) => describes(resource, identifiers))) return { entries: [], faults: [] };
  if (bytes.length > MAX_DOCUMENT_BYTES) return { entries: [], faults: [faultAt(undefined, 'too-long', 'Bundle', `A document is kept whole, and has at most ${MAX_DOCUMENT_BYTES} bytes: send what is large, such as images, as a collection or transaction`)] };
  const name = hash('sha256', identifiers[0] === undefined ? bytes : `${identifiers[0].system}|${identifiers[0].value}`);
  const binary = `urn:bund:document:${name}`;
  const at = 'Bundle.entry[0].resource';
  const common = { method: undefined, origin: originOf(at) };
  const subject = first.resource['subject'];
  const base = /^(https?:\/\/.+)\/Composition\/[^/]+$/.exec(first.fullUrl ?? '')?.[1];
  return {
    entries: [
      { ...common, index: NO_ENTRY, at: 'Binary', ownId: name, fullUrl: binary, resource: { resourceType: 'Binary', contentType: JSON_TYPE, ...(isObject(subject) ? { securityContext: subject } : {}), data: bytes.toString('base64') } },
      // Its references are read as those of the Composition are.
      { ...common, index: NO_ENTRY, at: 'DocumentReference', ownId: identifiers.length === 0 ? name : undefined, fullUrl: base === undefined ? undefined : `${base}/DocumentReference/${name}`, resource: referenceTo(first.resource, { envelope, bytes, binary, entries }) },
    ],
    faults: [],
  };
}

function identifierIn(value: JsonValue | undefined): readonly SentIdentifier[] {
  const identifier = isObject(value) ? readIdentifier(value) : undefined;
  return identifier === undefined ? [] : [identifier];
}

function describes(resource: Resource, identifiers: readonly SentIdentifier[]): boolean {
  if (resource.resourceType !== 'DocumentReference') return false;
  const own = [...identifiersOf(resource), ...identifierIn(resource['masterIdentifier'])];
  return own.some(({ system, value }) => identifiers.some((known) => known.system === system && known.value === value));
}

function originOf(at: string): Origin {
  return { at, elements: Object.fromEntries(Object.entries(ORIGINS).map(([element, from]) => [element, `${at}.${from}`])) };
}

interface Sent { readonly envelope: JsonObject; readonly bytes: Buffer; readonly binary: string; readonly entries: readonly SentEntry[] }

function referenceTo(composition: Resource, { envelope, bytes, binary, entries }: Sent): Resource {
  const identifier = isObject(envelope['identifier']) ? envelope['identifier'] : composition['identifier'];
  const { status, type, category, subject, author, custodian, title, confidentiality, encounter } = composition;
  const date = [envelope['timestamp'], composition['date']].find((instant) => typeof instant === 'string' && instant.includes('T'));
  const authenticator = objectsOf(composition['attester']).find((attester) => attester['mode'] === 'legal' && AUTHENTICATORS.has(typeOf(attester['party'], entries)))?.['party'];
  const profile = isObject(envelope['meta']) && Array.isArray(envelope['meta']['profile']) ? textOf(envelope['meta']['profile'][0]) : undefined;
  const attachment = defined({
    contentType: JSON_TYPE, language: envelope['language'], url: binary, size: bytes.length, hash: hash('sha1', bytes, 'base64'), title, creation: composition['date'],
  });
  return defined({
    resourceType: 'DocumentReference',
    masterIdentifier: identifier,
    identifier: identifier === undefined ? [] : [identifier],
    status: status === 'entered-in-error' ? status : 'current',
    docStatus: status, type, category, subject, date, author, authenticator, custodian,
    relatesTo: objectsOf(composition['relatesTo']).flatMap(relationOf),
    description: title,
    securityLabel: typeof confidentiality === 'string' ? [{ coding: [{ system: CONFIDENTIALITY, code: confidentiality }] }] : [],
    content: [defined({ attachment, format: profile === undefined ? undefined : { system: 'urn:ietf:rfc:3986', code: profile } })],
    context: contextOf(encounter, objectsOf(composition['event'])),
  });
}

/** A document is told from another by its identifier: what a Composition relates to is found by that. */
function relationOf({ code, targetIdentifier }: JsonObject): JsonObject[] {
  return isObject(targetIdentifier) ? [defined({ code, target: { type: 'DocumentReference', identifier: targetIdentifier } })] : [];
}

function contextOf(encounter: JsonValue | undefined, events: readonly JsonObject[]): JsonObject | undefined {
  const context = defined({
    encounter: encounter === undefined ? [] : [encounter],
    event: events.flatMap((event) => objectsOf(event['code'])),
    period: events.map((event) => event['period']).find(isObject),
  });
  return Object.keys(context).length === 0 ? undefined : context;
}

/** The type that a reference leads to, as far as the document tells. */
function typeOf(reference: JsonValue | undefined, entries: readonly SentEntry[]): string | undefined {
  const text = isObject(reference) ? textOf(reference['reference']) : undefined;
  if (text === undefined) return isObject(reference) ? textOf(reference['type']) : undefined;
  const parsed = parseReference(text);
  return entries.find(({ fullUrl }) => fullUrl === text)?.resource.resourceType ?? ('type' in parsed ? parsed.type : undefined);
}
