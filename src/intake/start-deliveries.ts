import { createReadStream } from 'node:fs';
import type { Caller } from '../access/index.ts';
import { DEFAULT_PURPOSE, DEFAULT_SCOPES } from '../access/index.ts';
import { ServiceError } from '../errors.ts';
import type { Services } from '../services.ts';
import type { IncomingFile } from './table/incoming-files.ts';
import type { Receipt } from './table/put-away.ts';
import { receiveTable } from './table/receive-table.ts';
import { watchFolder, type Watching } from './table/watch-folder.ts';

/** How often the folder is looked through, and how long a file must not have changed before it is taken. */
const POLL_MS = 2_000;
const STABLE_MS = 5_000;

/** The tables that are laid into `<dir>/<source>/in`. */
export interface Deliveries {
  /** Ends the watching, after the files under way. */
  stop(): Promise<void>;
}

/**
 * Watches a folder for tables. Who may write into a source's folder speaks for that source: the file system is the proof.
 *
 * @param dir one folder a source in it
 */
export function startDeliveries(services: Services, dir: string, { pollMs = POLL_MS, stableMs = STABLE_MS }: { readonly pollMs?: number; readonly stableMs?: number } = {}): Deliveries {
  const watching: Watching = watchFolder(dir, (file) => receiveFile(services, file), {
    pollMs, stableMs,
    onError: (error, file) => services.log.warn({ source: file?.source, cause: error instanceof Error ? error.message : undefined }, 'a delivery could not be taken in now; it stays where it is and is tried again'),
  });
  return { stop: () => watching.stop() };
}

async function receiveFile(services: Services, file: IncomingFile): Promise<Receipt> {
  const isWorkbook = file.name.toLowerCase().endsWith('.xlsx');
  const table = await receiveTable(services, callerOf(services, file), { source: file.source, format: isWorkbook ? 'xlsx' : 'csv', fileName: file.name, chunks: () => chunksOf(services, file, isWorkbook) });
  return { outcome: table.standing === 'refused' ? 'refused' : 'done', issues: table.issues.filter(({ severity }) => severity !== 'information') };
}

/** A workbook is read in one piece, so that it keeps the limit of a pushed one. */
async function* chunksOf({ config }: Services, { path }: IncomingFile, isWorkbook: boolean): AsyncGenerator<Buffer> {
  const stream = createReadStream(path) as AsyncIterable<Buffer>;
  let length = 0;
  for await (const chunk of stream) {
    length += chunk.length;
    if (isWorkbook && length > config.limits.bundleBytes) throw new ServiceError('too-large', `A workbook may have ${config.limits.bundleBytes} bytes; deliver larger tables as CSV`);
    yield chunk;
  }
}

function callerOf({ newId }: Services, { source }: IncomingFile): Caller {
  return { role: 'source', subject: source, name: undefined, source, facility: undefined, scopes: DEFAULT_SCOPES.source, purpose: DEFAULT_PURPOSE, breakGlass: undefined, requestId: newId(), address: 'file' };
}
