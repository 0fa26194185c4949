import type { ScannedBundle } from '../../fhir/bundle.ts';
import { parseMoment } from '../../fhir/dates.ts';
import { parseJson } from '../../fhir/json.ts';
import { isObject, isResource } from '../../fhir/resource.ts';
import type { Fault, MessageKind, SentEntry, SentMessage } from '../message.ts';
import { BUNDLE_TYPES, faultAt } from '../message.ts';
import { documentEntries } from './document-entries.ts';
import { ownIdFaults, readEntry, textOf } from './read-entry.ts';

/** What the first entry must be. @see https://hl7.org/fhir/R4/messaging.html and https://hl7.org/fhir/R4/documents.html */
const LEADING_TYPES: Partial<Record<MessageKind, string>> = { message: 'MessageHeader', document: 'Composition' };

/**
 * Reads a message as far as its envelope goes: which resources it holds, and what it asks to be done with them.
 *
 * @param bytes the body that was scanned, UTF-8
 * @returns every fault of the envelope
 * @throws JsonError for a single resource that is nested too deep
 */
export function readMessage(bundle: ScannedBundle, bytes: Buffer): SentMessage {
  if (bundle.envelope['resourceType'] !== 'Bundle') return readSingle(parseJson(bytes.toString('utf8')));
  const kind = BUNDLE_TYPES.find((type) => type === bundle.type);
  if (kind === undefined) {
    return refused(faultAt(undefined, 'not-supported', 'Bundle.type', `A pushed Bundle is a ${BUNDLE_TYPES.join(', ')}; no other type is taken in`));
  }
  if (bundle.entryCount === 0) return { ...refused(faultAt(undefined, 'required', 'Bundle.entry', 'The Bundle holds no entry')), kind };
  const entries: SentEntry[] = [];
  const faults: Fault[] = [];
  for (const { index, value } of bundle.entries()) {
    const read = readEntry(index, value, kind);
    faults.push(...read.faults);
    if (read.entry !== undefined) entries.push(read.entry);
  }
  const document = kind === 'document' ? documentEntries(bundle, bytes, entries) : { entries: [], faults: [] };
  return { kind, entries: [...entries, ...document.entries], faults: [...faults, ...leadingFaults(kind, entries[0]), ...document.faults], saidAt: kind === 'document' ? assembledAt(bundle) : undefined };
}

/** A document is put together once and says when; what else FHIR sends is told by what it holds. @see https://hl7.org/fhir/R4/documents.html */
function assembledAt({ envelope }: ScannedBundle): string | undefined {
  const text = textOf(envelope['timestamp']);
  const moment = text === undefined ? undefined : parseMoment(text);
  return moment?.hasZone === true ? new Date(moment.start).toISOString() : undefined;
}

function readSingle(body: unknown): SentMessage {
  if (!isResource(body)) return refused(faultAt(undefined, 'structure', 'resourceType', 'The body is neither a Bundle nor a resource: it has no resourceType'));
  const entry: SentEntry = { index: 0, at: body.resourceType, resource: body, fullUrl: undefined, method: undefined, ownId: textOf(body['id']) };
  return { kind: 'single', entries: [entry], faults: ownIdFaults(entry) };
}

function refused(fault: Fault): SentMessage {
  return { kind: 'single', entries: [], faults: [fault] };
}

function leadingFaults(kind: MessageKind, first: SentEntry | undefined): Fault[] {
  const leading = LEADING_TYPES[kind];
  if (leading === undefined || first?.resource.resourceType === leading) return [];
  return [faultAt(undefined, 'invariant', 'Bundle.entry[0].resource', `The first entry of a ${kind} is its ${leading}`)];
}

/** What its sender calls a message: Bundle.identifier, the id of its MessageHeader, Bundle.id. */
export function messageIdOf(bundle: ScannedBundle): string | undefined {
  const { envelope, type, entryCount } = bundle;
  if (envelope['resourceType'] !== 'Bundle') return undefined;
  const identifier = envelope['identifier'];
  const value = isObject(identifier) ? textOf(identifier['value']) : undefined;
  if (value !== undefined && isObject(identifier)) return `${textOf(identifier['system']) ?? ''}|${value}`;
  const header = type === 'message' && entryCount > 0 ? bundle.entry(0).value['resource'] : undefined;
  return (isObject(header) ? textOf(header['id']) : undefined) ?? textOf(envelope['id']);
}
