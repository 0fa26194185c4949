import type { ReadableMessage } from '../normalize/index.ts';
import { CDA_LIMITS, readCda, readFhir, readHl7v2, UnreadableMessage } from '../normalize/index.ts';
import { parseTableMessageId, readTable, TABLE_LIMITS } from '../normalize/table/index.ts';
import type { Services } from '../services.ts';
import type { Format } from './records.ts';
import type { Source } from './source.ts';

/** The body of a message with what it says of itself; the error of a body that is not of its format. */
export interface OpenBody { readonly bytes: Buffer; readonly message: ReadableMessage | UnreadableMessage }

/** @param messageId as the channel or the inbox calls the message: of a table its file's name and row */
type Reader = (bytes: Buffer, source: Source, services: Services, messageId: string | undefined) => ReadableMessage;

const READERS: Readonly<Record<Format, Reader>> = {
  cda: (bytes, source) => readCda(bytes, source, CDA_LIMITS),
  csv: (bytes, source, _services, messageId) => readTable(bytes, { format: 'csv', ...parseTableMessageId(messageId ?? '') }, source, TABLE_LIMITS),
  xlsx: (bytes, source, _services, messageId) => readTable(bytes, { format: 'xlsx', ...parseTableMessageId(messageId ?? '') }, source, TABLE_LIMITS),
  hl7v2: (bytes, source) => readHl7v2(bytes, source, source.hl7v2?.charset),
  fhir: (bytes, _source, { config }) => readFhir(bytes, { entries: config.limits.bundleEntries }),
};

/** Never throws for bad data. */
export function openBody(services: Services, source: Source, { format, messageId, bytes }: { readonly format: Format; readonly messageId: string | undefined; readonly bytes: Buffer }): OpenBody {
  try {
    return { bytes, message: READERS[format](bytes, source, services, messageId) };
  } catch (error) {
    if (error instanceof UnreadableMessage) return { bytes, message: error };
    throw error;
  }
}
