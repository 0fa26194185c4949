import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type GatewayProcess, patient, startGateway } from './gateway-process.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'bund-main-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function storeAt(name: string): Record<string, string> {
  return { BUND_STORE: `sqlite:${path.join(folder, name, 'bund.db')}` };
}

/** A file of words, in a folder of its own. */
function textFile(): string {
  const file = path.join(mkdtempSync(path.join(folder, 'text-')), 'passwd');
  writeFileSync(file, 'root:x:0:0:root:/root:/bin/sh\n');
  return file;
}

async function put(gateway: GatewayProcess, token: string, id: string): Promise<number> {
  const response = await fetch(`${gateway.url}/fhir/Patient/${id}`, { method: 'PUT', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/fhir+json' }, body: JSON.stringify(patient(id)) });
  await response.arrayBuffer();
  return response.status;
}

async function get(gateway: GatewayProcess, token: string, id: string): Promise<number> {
  const response = await fetch(`${gateway.url}/fhir/Patient/${id}`, { headers: { authorization: `Bearer ${token}` } });
  await response.arrayBuffer();
  return response.status;
}

/** Puts one patient after another until the gateway is gone; returns the ids that were acknowledged. */
async function putUntilGone(gateway: GatewayProcess, token: string, prefix: string): Promise<string[]> {
  const acknowledged: string[] = [];
  for (let n = 0; ; n++) {
    const id = `${prefix}-${n}`;
    try {
      if ((await put(gateway, token, id)) !== 201) return acknowledged;
    } catch {
      return acknowledged;
    }
    acknowledged.push(id);
  }
}

describe('the gateway process', () => {
  it('names every faulty setting and does not start', () => {
    const result = spawnSync(process.execPath, ['src/main.ts'], { env: { ...process.env, BUND_PORT: 'eighty', BUND_STORE: 'oracle:x' }, encoding: 'utf8' });
    expect(result.status).toBe(78);
    expect(result.stderr).toMatch(/^BUND_PORT must be a whole number$/m);
    expect(result.stderr).toMatch(/^BUND_STORE must be sqlite:FILE or mongodb/m);
    expect(result.stdout).toBe('');
  });

  it('says in one line that the port is taken', async () => {
    const first = await startGateway(storeAt('taken'));
    const result = spawnSync(process.execPath, ['src/main.ts'], { env: { ...process.env, ...storeAt('taken2'), BUND_LOG: 'silent', BUND_PORT: new URL(first.url).port }, encoding: 'utf8' });
    first.child.kill('SIGTERM');
    await first.ended;
    expect(result.status).toBe(1);
    expect(result.stderr.trim().split('\n')).toHaveLength(1);
    expect(result.stderr).toMatch(/^BUND_PORT is \d+, which another process listens on .*EADDRINUSE/);
  });

  it.each<[string, () => Record<string, string>, number, RegExp]>([
    ['a store that is a folder', () => ({ BUND_STORE: `sqlite:${folder}` }), 78, /^BUND_STORE names \S+, which is a folder; name a file in it$/],
    ['a store that is no database', () => ({ BUND_STORE: `sqlite:${textFile()}` }), 78, /^BUND_STORE names \S+, which is not an SQLite database; name one/],
    ['a store below a file', () => ({ BUND_STORE: `sqlite:${path.join(textFile(), 'bund.db')}` }), 78, /^BUND_STORE names \S+, which cannot be read and written \(ENOTDIR\)/],
    ['a MongoDB that does not answer', () => ({ BUND_STORE: 'mongodb://bund:secret@127.0.0.1:1/bund', BUND_WORKERS: '2' }), 1, /^BUND_STORE names mongodb:\/\/bund:\*{3}@127\.0\.0\.1:1\/bund, which cannot be used: The store does not answer \(.*ECONNREFUSED/],
    ['an option that MongoDB does not have', () => ({ BUND_STORE: 'mongodb://127.0.0.1:1/?no=1', BUND_WORKERS: '1' }), 78, /^BUND_STORE names \S+, which the driver cannot read: option no is not supported$/],
    ['a folder of deliveries that is none', () => ({ ...storeAt('deliveries'), BUND_DELIVERIES: path.join(folder, 'nowhere') }), 78, /^BUND_DELIVERIES names \S+, which is no folder; make it/],
    ['a host that is none', () => ({ ...storeAt('host'), BUND_HOST: '999.1.1.1', BUND_WORKERS: '2' }), 78, /^BUND_HOST is 999\.1\.1\.1, which is no address of this machine/],
  ])('names the setting of %s once, however many processes meet it', (_, settings, status, message) => {
    const env = { ...process.env, BUND_PORT: '0', BUND_DATA: path.join(folder, 'unused'), ...settings() };
    const result = spawnSync(process.execPath, ['src/main.ts'], { env, encoding: 'utf8' });
    expect([result.status, result.stdout]).toEqual([status, '']);
    expect(result.stderr.trimEnd()).toMatch(message);
    expect(result.stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('makes no keys beside a store that is named by mistake', () => {
    const file = textFile();
    spawnSync(process.execPath, ['src/main.ts'], { env: { ...process.env, BUND_STORE: `sqlite:${file}` }, encoding: 'utf8' });
    expect(readdirSync(path.dirname(file))).toEqual([path.basename(file)]);
  });

  it('ends with status 0 on SIGTERM and keeps all it acknowledged', async () => {
    const gateway = await startGateway(storeAt('term'));
    const token = gateway.token('--role', 'system');
    const writers = ['a', 'b', 'c', 'd'].map((prefix) => putUntilGone(gateway, token, prefix));
    await new Promise((resolve) => setTimeout(resolve, 700));
    const asked = Date.now();
    gateway.child.kill('SIGTERM');
    expect(await gateway.ended).toEqual({ code: 0, signal: null });
    expect(Date.now() - asked).toBeLessThan(10_000);
    const acknowledged = (await Promise.all(writers)).flat();
    const again = await startGateway(storeAt('term'));
    for (const id of acknowledged) expect(await get(again, token, id), id).toBe(200);
    again.child.kill('SIGTERM');
    await again.ended;
    expect(acknowledged.length).toBeGreaterThan(10);
  });

  it('loses nothing acknowledged when it is killed under load, and the trace still proves itself', async () => {
    const gateway = await startGateway(storeAt('kill'));
    const token = gateway.token('--role', 'system');
    const writers = ['a', 'b', 'c', 'd'].map((prefix) => putUntilGone(gateway, token, prefix));
    await new Promise((resolve) => setTimeout(resolve, 700));
    gateway.child.kill('SIGKILL');
    await gateway.ended;
    const acknowledged = (await Promise.all(writers)).flat();
    const again = await startGateway(storeAt('kill'));
    for (const id of acknowledged) expect(await get(again, token, id), id).toBe(200);
    again.child.kill('SIGTERM');
    await again.ended;
    expect(acknowledged.length).toBeGreaterThan(10);
    const proof = spawnSync(process.execPath, ['src/cli/verify-audit.ts'], { env: { ...process.env, ...storeAt('kill') }, encoding: 'utf8' });
    expect(proof.status, proof.stdout + proof.stderr).toBe(0);
  });

  it('serves one port from two processes, each with a chain of its own', async () => {
    const gateway = await startGateway({ ...storeAt('two'), BUND_WORKERS: '2' });
    const token = gateway.token('--role', 'system');
    const statuses = await Promise.all(Array.from({ length: 40 }, (_, n) => put(gateway, token, `p${n}`)));
    expect(statuses).toEqual(Array.from({ length: 40 }, () => 201));
    gateway.child.kill('SIGTERM');
    expect(await gateway.ended).toEqual({ code: 0, signal: null });
    const proof = spawnSync(process.execPath, ['src/cli/verify-audit.ts'], { env: { ...process.env, ...storeAt('two') }, encoding: 'utf8' });
    expect(proof.status, proof.stdout + proof.stderr).toBe(0);
  });
});
