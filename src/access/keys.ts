import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject, randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, unlink } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { ServiceError } from '../errors.ts';
import type { Keys } from '../services.ts';

interface KeyPair { readonly privateKey: KeyObject; readonly publicKey: KeyObject }
type KeyName = 'token' | 'audit';

const generate = promisify(generateKeyPair);
const GENERATORS: Record<KeyName, () => Promise<KeyPair>> = {
  token: () => generate('rsa', { modulusLength: 2048 }),
  audit: () => generate('ed25519', {}),
};
const KEY_TYPES: Record<KeyName, string> = { token: 'rsa', audit: 'ed25519' };
/** RS256 demands it. @see https://www.rfc-editor.org/rfc/rfc7518#section-3.3 */
const RSA_MIN_BITS = 2048;

/**
 * The keys of an installation, from `<dataDir>/keys/`; made on the first start, readable by the owner only. Processes that
 * start at the same time end with the same keys.
 *
 * @throws ServiceError 'unavailable' naming the file that cannot be read, written or understood
 */
export async function openKeys(dataDir: string): Promise<Keys> {
  const folder = path.join(dataDir, 'keys');
  await attempt(folder, 'made', () => mkdir(folder, { recursive: true, mode: 0o700 }));
  const [token, audit] = await Promise.all([openKey(folder, 'token'), openKey(folder, 'audit')]);
  return { token, audit };
}

/** Keys that live as long as the process: for stores in memory, whose data ends with it too. */
export async function memoryKeys(): Promise<Keys> {
  const [token, audit] = await Promise.all([GENERATORS.token(), GENERATORS.audit()]);
  return { token, audit };
}

/**
 * The key that signatures of audit heads are checked with.
 *
 * @param file PEM of the public key, or of the private one that contains it; nothing is made when it is missing
 * @throws ServiceError 'unavailable'
 */
export async function readAuditKey(file: string): Promise<KeyObject> {
  const pem = await attempt(file, 'read', () => readFile(file, 'utf8'));
  const key = parsePem(file, () => createPublicKey(pem));
  if (key.asymmetricKeyType !== KEY_TYPES.audit) throw new ServiceError('unavailable', `The key file ${file} must hold an Ed25519 key`);
  return key;
}

/** Where the audit key of an installation is. */
export function auditKeyFile(dataDir: string): string {
  return path.join(dataDir, 'keys', 'audit.pem');
}

async function openKey(folder: string, name: KeyName): Promise<KeyPair> {
  const file = path.join(folder, `${name}.pem`);
  return await readKey(file, name) ?? createKey(folder, file, name);
}

/** Undefined when there is no such file. */
async function readKey(file: string, name: KeyName): Promise<KeyPair | undefined> {
  const pem = await attempt(file, 'read', () => readFile(file, 'utf8').catch((error: unknown) => ignore(error, 'ENOENT')));
  if (pem === undefined) return undefined;
  const privateKey = parsePem(file, () => createPrivateKey(pem));
  const bits = privateKey.asymmetricKeyDetails?.modulusLength ?? RSA_MIN_BITS;
  if (privateKey.asymmetricKeyType !== KEY_TYPES[name] || bits < RSA_MIN_BITS) {
    throw new ServiceError('unavailable', `The key file ${file} must hold ${name === 'token' ? `an RSA key of at least ${RSA_MIN_BITS} bits` : 'an Ed25519 key'}`);
  }
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

function parsePem(file: string, parse: () => KeyObject): KeyObject {
  try {
    return parse();
  } catch (error) {
    throw new ServiceError('unavailable', `The key file ${file} is damaged: it holds no key in PEM form. Restore it from the backup`, [], { cause: error });
  }
}

/** Writes a new key beside and links it into place, which fails when another process was first; then that one's key counts. */
async function createKey(folder: string, file: string, name: KeyName): Promise<KeyPair> {
  const { privateKey } = await GENERATORS[name]();
  const draft = path.join(folder, `.${name}-${randomUUID()}.pem`);
  await attempt(file, 'written', async () => {
    await writeDurably(draft, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
    try {
      await link(draft, file).catch((error: unknown) => ignore(error, 'EEXIST'));
    } finally {
      await unlink(draft);
    }
    await syncFolder(folder);
  });
  const key = await readKey(file, name);
  if (key === undefined) throw new ServiceError('unavailable', `The key file ${file} vanished while it was made`);
  return key;
}

async function writeDurably(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes a new name in the folder durable. Windows can open no folder and needs no such thing. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function ignore(error: unknown, code: string): undefined {
  if (error instanceof Error && 'code' in error && error.code === code) return undefined;
  throw error;
}

async function attempt<T>(file: string, deed: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown cause';
    throw new ServiceError('unavailable', `${file} cannot be ${deed} (${code}). Check the folder that BUND_DATA names, its owner and its permissions`, [], { cause: error });
  }
}
