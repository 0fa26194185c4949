import { open, stat } from 'node:fs/promises';
import { type Config, ConfigError } from './config.ts';
import { isServiceError, ServiceError } from './errors.ts';

/**
 * What an operator is told at start: a ConfigError where a setting must change, a ServiceError where what it names may yet come
 * up. Both begin with the name of the setting. Any other error is a bug and stays as it is.
 */
export async function storeFault(error: unknown, store: Config['store']): Promise<unknown> {
  const fault = store.kind === 'sqlite' ? await fileFault(store.file) : driverFault(error);
  if (fault !== undefined) return new ConfigError(`BUND_STORE names ${nameOf(store)}, ${fault}`, { cause: error });
  if (!isServiceError(error) && codeOf(error) === undefined) return error;
  return new ServiceError('unavailable', `BUND_STORE names ${nameOf(store)}, which cannot be used: ${reasonOf(error)}. Mend or start what it names, or name another store`, [], { cause: error });
}

const NAMES_HOST: ReadonlySet<unknown> = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EADDRNOTAVAIL', 'EINVAL']);

/** The same for a port that cannot be listened on. */
export function listenFault(error: Error, { host, port }: Pick<Config, 'host' | 'port'>, variable = 'BUND_PORT'): Error {
  const code = codeOf(error);
  if (NAMES_HOST.has(code)) return new ConfigError(`BUND_HOST is ${host}, which is no address of this machine (${code}); name one, such as 127.0.0.1 or 0.0.0.0`, { cause: error });
  if (code === 'EACCES') return new ConfigError(`${variable} is ${port}, which this user may not listen on (EACCES); name one above 1023`, { cause: error });
  if (code === 'EADDRINUSE') return new ServiceError('unavailable', `${variable} is ${port}, which another process listens on at ${host} (EADDRINUSE); end that one, or name another port`, [], { cause: error });
  return error;
}

/** The same for the port of HL7 v2, and for the files that it needs for TLS. */
export function mllpFault(error: unknown, { host, mllp }: Config): unknown {
  if (!(error instanceof Error) || mllp === undefined) return error;
  const fault = listenFault(error, { host, port: mllp.port }, 'BUND_MLLP_PORT');
  if (fault !== error || mllp.tls === undefined || codeOf(error) === undefined) return fault;
  const { keyFile, certFile, caFile } = mllp.tls;
  const files = [keyFile, certFile, ...(caFile === undefined ? [] : [caFile])].join(', ');
  return new ConfigError(`BUND_MLLP_TLS_KEY, BUND_MLLP_TLS_CERT and BUND_MLLP_TLS_CA name ${files}, which cannot be used for TLS (${codeOf(error) ?? ''}); name a key, its certificate and the certificate of the clients' authority, all in PEM`, { cause: error });
}

/** @throws ConfigError for a folder of deliveries that is none: nothing would ever be taken in */
export async function requireDeliveries({ deliveriesDir }: Pick<Config, 'deliveriesDir'>): Promise<void> {
  if (deliveriesDir === undefined || (await stat(deliveriesDir).catch(() => undefined))?.isDirectory() === true) return;
  throw new ConfigError(`BUND_DELIVERIES names ${deliveriesDir}, which is no folder; make it, with <source>/in in it, or name another`);
}

const MAGIC = 'SQLite format 3\0';

/** Looked for only once the file could not be opened: to close a file sets free the locks that this process has on it. */
async function fileFault(file: string): Promise<string | undefined> {
  if (file === ':memory:') return undefined;
  try {
    await using handle = await open(file, 'r+');
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(MAGIC.length));
    return bytesRead === 0 || buffer.toString('latin1') === MAGIC ? undefined : 'which is not an SQLite database; name one, or a file that is not there yet';
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EISDIR') return 'which is a folder; name a file in it';
    if (code === 'ENOENT') return 'which cannot be made; name a file in a folder that this user may write to';
    return `which cannot be read and written (${code ?? 'unknown'}); name a file that this user may write to`;
  }
}

/** MongoDB's code of a wrong user or password. */
const AUTHENTICATION_FAILED = 18;

function driverFault(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.name === 'MongoParseError') return `which the driver cannot read: ${error.message}`;
  return 'code' in error && error.code === AUTHENTICATION_FAILED ? 'which refuses the user or the password; correct them' : undefined;
}

/** As the operator wrote it, without the password. */
function nameOf(store: Config['store']): string {
  return store.kind === 'sqlite' ? store.file : store.uri.replace(/^([^/]+\/\/[^:@/]*):[^@/]*@/, '$1:***@');
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
