import type { ReadableMessage } from '../normalize/index.ts';
import { readFhir, readHl7v2, UnreadableMessage } from '../normalize/index.ts';
import type { Services } from '../services.ts';
import type { Format } from './records.ts';
import type { Source } from './source.ts';

/** The body of a message with what it says of itself; the error of a body that is not of its format. */
export interface OpenBody { readonly bytes: Buffer; readonly message: ReadableMessage | UnreadableMessage }

type Reader = (bytes: Buffer, source: Source, services: Services) => ReadableMessage;

const READERS: Readonly<Partial<Record<Format, Reader>>> = {
  hl7v2: (bytes, source) => readHl7v2(bytes, source, source.hl7v2?.charset),
  fhir: (bytes, _source, { config }) => readFhir(bytes, { entries: config.limits.bundleEntries }),
};

/** Never throws for bad data. */
export function openBody(services: Services, source: Source, format: Format, bytes: Buffer): OpenBody {
  try {
    return { bytes, message: (READERS[format] ?? unread)(bytes, source, services) };
  } catch (error) {
    if (error instanceof UnreadableMessage) return { bytes, message: error };
    throw error;
  }
}

function unread(): never {
  throw new UnreadableMessage('syntax', 'This format is not taken in');
}
