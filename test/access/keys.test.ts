import { generateKeyPairSync } from 'node:crypto';
import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditKeyFile, memoryKeys, openKeys, readAuditKey } from '../../src/access/keys.ts';
import type { Keys } from '../../src/services.ts';

let dataDir: string;
beforeEach(async () => { dataDir = await mkdtemp(path.join(tmpdir(), 'bund-keys-')); });
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const printOf = ({ token, audit }: Keys) => [token, audit].map((key) => key.publicKey.export({ type: 'spki', format: 'pem' }));

describe('openKeys', () => {
  it('makes the keys once, readable by the owner only, and leaves nothing else behind', async () => {
    const first = await openKeys(dataDir);
    expect(printOf(await openKeys(dataDir))).toEqual(printOf(first));
    expect((await readdir(path.join(dataDir, 'keys'))).sort()).toEqual(['audit.pem', 'token.pem']);
    for (const file of ['audit.pem', 'token.pem']) expect((await stat(path.join(dataDir, 'keys', file))).mode & 0o777).toBe(0o600);
    expect((await stat(path.join(dataDir, 'keys'))).mode & 0o777).toBe(0o700);
  });

  it('gives the same keys to all who start at once', async () => {
    const opened = await Promise.all(Array.from({ length: 6 }, () => openKeys(dataDir)));
    expect(new Set(opened.map((keys) => JSON.stringify(printOf(keys)))).size).toBe(1);
  });

  it('refuses a damaged file and names it, instead of replacing it', async () => {
    await openKeys(dataDir);
    await writeFile(auditKeyFile(dataDir), 'not a key');
    await expect(openKeys(dataDir)).rejects.toMatchObject({ kind: 'unavailable', message: expect.stringMatching(/audit\.pem is damaged/) });
  });

  it('refuses a key of the wrong kind or too weak', async () => {
    await openKeys(dataDir);
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ type: 'pkcs8', format: 'pem' });
    await writeFile(path.join(dataDir, 'keys', 'token.pem'), weak);
    await expect(openKeys(dataDir)).rejects.toMatchObject({ message: expect.stringMatching(/token\.pem must hold an RSA key of at least 2048 bits/) });
  });

  it('names a folder that cannot be made', async () => {
    await writeFile(path.join(dataDir, 'file'), '');
    await expect(openKeys(path.join(dataDir, 'file'))).rejects.toMatchObject({ kind: 'unavailable', message: expect.stringMatching(/keys cannot be made \(ENOTDIR\)/) });
  });

  it.skipIf(process.getuid?.() === 0)('names a file that may not be read', async () => {
    await openKeys(dataDir);
    await chmod(auditKeyFile(dataDir), 0);
    await expect(openKeys(dataDir)).rejects.toMatchObject({ message: expect.stringMatching(/audit\.pem cannot be read \(EACCES\)/) });
  });
});

describe('readAuditKey', () => {
  it('reads the public key from either form and makes nothing when there is none', async () => {
    await expect(readAuditKey(auditKeyFile(dataDir))).rejects.toMatchObject({ message: expect.stringMatching(/audit\.pem cannot be read \(ENOENT\)/) });
    expect(await readdir(dataDir)).toEqual([]);
    const { audit } = await openKeys(dataDir);
    const exported = path.join(dataDir, 'public.pem');
    await writeFile(exported, audit.publicKey.export({ type: 'spki', format: 'pem' }));
    expect((await readAuditKey(exported)).equals(audit.publicKey)).toBe(true);
    expect((await readAuditKey(auditKeyFile(dataDir))).equals(audit.publicKey)).toBe(true);
  });

  it('refuses a key that cannot have signed audit heads', async () => {
    const file = path.join(dataDir, 'token.pem');
    await writeFile(file, (await memoryKeys()).token.publicKey.export({ type: 'spki', format: 'pem' }));
    await expect(readAuditKey(file)).rejects.toMatchObject({ message: expect.stringMatching(/must hold an Ed25519 key/) });
  });
});
