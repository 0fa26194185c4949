import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { headsFile, recordTrace, startSigning } from '../../src/audit/index.ts';
import { readConfig } from '../../src/config.ts';
import { openServices } from '../../src/open-services.ts';
import { callerAs } from '../access/callers.ts';

/** Chains of two gateways, each of four events, signed and stopped. */
let original: string;
beforeAll(async () => {
  original = await mkdtemp(path.join(tmpdir(), 'bund-tamper-'));
  for (const writer of ['gateway-1', 'gateway-2']) await traceAndStop(original, writer);
});
const folders: string[] = [];
afterAll(() => Promise.all([original, ...folders].map((folder) => rm(folder, { recursive: true, force: true }))));

async function traceAndStop(folder: string, writer: string): Promise<void> {
  const services = await openServices(readConfig(environment(folder)), writer);
  const signing = startSigning(services);
  for (const id of ['o1', 'o2', 'o3', 'o4']) {
    await recordTrace(services, callerAs('system'), { action: 'read', interaction: 'read', outcome: 'success', resources: [`Observation/${id}`] });
  }
  await signing.stop();
  await services.store.close();
}

function environment(folder: string): Record<string, string> {
  return { BUND_STORE: `sqlite:${path.join(folder, 'bund.db')}`, BUND_LOG: 'silent' };
}

interface Verdict { readonly status: number; readonly output: string }

/** `npm run verify-audit` on a copy of the data folder after an intruder was there. */
async function verifyAfter(intrude: (db: DatabaseSync, folder: string) => unknown, ...options: string[]): Promise<Verdict> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bund-tamper-'));
  folders.push(folder);
  await cp(original, folder, { recursive: true });
  const db = new DatabaseSync(path.join(folder, 'bund.db'));
  await intrude(db, folder);
  db.close();
  return verify(folder, ...options);
}

function verify(folder: string, ...options: string[]): Promise<Verdict> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['src/cli/verify-audit.ts', ...options], { env: { ...process.env, ...environment(folder) } }, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code), output: stdout + stderr });
    });
  });
}

const OF_FIRST_WRITER = "writer = (SELECT number FROM name WHERE text = 'gateway-1')";
const idAt = (db: DatabaseSync, position: number): string => String(db.prepare(`SELECT id FROM trace WHERE ${OF_FIRST_WRITER} AND position = ?`).get(position)?.['id']);

describe('npm run verify-audit', () => {
  it('passes an untouched store and tells what each chain holds', async () => {
    const { status, output } = await verifyAfter(() => undefined);
    expect(output).toMatch(/gateway-1 .* 4 .*OK/);
    expect(output).toMatch(/gateway-2 .* 4 .*OK/);
    expect(output).toContain('0 events after the last signature');
    expect(output).toContain('Intact: 8 events in 2 chains');
    expect(status).toBe(0);
  });

  it.each<[string, (db: DatabaseSync) => unknown, RegExp]>([
    ['an event was changed', (db) => db.exec(`UPDATE trace SET body = replace(body, 'Observation/o2', 'Observation/o9') WHERE ${OF_FIRST_WRITER} AND position = 2`), /event 2, AuditEvent\/ID: the event was changed/],
    ['an event was removed', (db) => db.exec(`DELETE FROM trace WHERE ${OF_FIRST_WRITER} AND position = 2`), /event 2, .*event 2 is missing/],
    ['an event was inserted', insertEvent, /event 2, AuditEvent\/forged: /],
    ['two events changed places', swapEvents, /event 2, AuditEvent\/\S+: /],
    ['the end of a chain was cut off', (db) => db.exec(`DELETE FROM trace WHERE ${OF_FIRST_WRITER} AND position > 2`), /event 3: the chain is cut off after event 2: signature line/],
    ['a whole chain was removed', (db) => db.exec(`DELETE FROM trace WHERE ${OF_FIRST_WRITER}`), /event 1: the whole chain of 4 events is gone/],
    ['an event was given to another id', (db) => db.exec(`UPDATE trace SET id = 'other' WHERE ${OF_FIRST_WRITER} AND position = 2`), /event 2, AuditEvent\/ID: the event is chained, and reads do not find it/],
  ])('names the first bad event when %s', async (_, intrude, expected) => {
    let secondId = '';
    const { status, output } = await verifyAfter((db) => {
      secondId = idAt(db, 2);
      intrude(db);
    });
    expect(output).toMatch(new RegExp(`FAULT chain gateway-1, ${expected.source.replace('ID', secondId)}`));
    expect(output).toMatch(/gateway-2 .*OK/);
    expect(output).toContain('NOT INTACT');
    expect(status).toBe(1);
  });

  it.each<[string, (lines: readonly string[]) => readonly string[], RegExp]>([
    ['was changed', (lines) => lines.map((line, n) => (n === 1 ? line.replace('gateway-1', 'gateway-3') : line)), /line 2: the line was changed/],
    ['was removed', (lines) => lines.filter((_, n) => n !== 1), /line 2: the lines before it are not those that it attests/],
    ['is left', () => [], /line 1: there is no signature/],
  ])('names the first bad line when a signature line %s', async (_, edit, expected) => {
    const { status, output } = await verifyAfter(async (_db, folder) => {
      const lines = (await readFile(headsFile(folder), 'utf8')).trimEnd().split('\n');
      await writeFile(headsFile(folder), edit(lines).map((line) => `${line}\n`).join(''));
    });
    expect(output).toMatch(new RegExp(`FAULT signatures, ${expected.source}`));
    expect(status).toBe(1);
  });

  it('finds what was cut from store and signatures alike against a copy of the signatures kept elsewhere', async () => {
    const cutBoth = async (db: DatabaseSync, folder: string): Promise<void> => {
      db.exec("DELETE FROM trace WHERE writer = (SELECT number FROM name WHERE text = 'gateway-2')");
      const lines = (await readFile(headsFile(folder), 'utf8')).split('\n').filter((line) => line !== '' && !line.includes('gateway-2'));
      await writeFile(headsFile(folder), lines.map((line) => `${line}\n`).join(''));
    };
    expect(await verifyAfter(cutBoth, '--heads', headsFile(original))).toMatchObject({ status: 1, output: expect.stringMatching(/FAULT chain gateway-2, event 1: the whole chain of 4 events is gone/) });
  });

  it('goes on with the chain of a gateway that was killed and started again', async () => {
    const { status, output } = await verifyAfter(async (db, folder) => {
      db.close();
      const killed = await openServices(readConfig(environment(folder)), 'gateway-1');
      await recordTrace(killed, callerAs('system'), { action: 'read', interaction: 'read', outcome: 'success' });
      await killed.store.close();
      await expect(verify(folder)).resolves.toMatchObject({ status: 0, output: expect.stringContaining('1 events after the last signature') });
      await traceAndStop(folder, 'gateway-1');
      new DatabaseSync(path.join(folder, 'bund.db')).close();
    });
    expect(output).toMatch(/gateway-1 .* 9 .*OK/);
    expect(status).toBe(0);
  });

  it('says what it needs instead of making it', async () => {
    const empty = await mkdtemp(path.join(tmpdir(), 'bund-tamper-'));
    folders.push(empty);
    expect(await verify(empty)).toMatchObject({ status: 2, output: expect.stringMatching(/audit\.pem cannot be read \(ENOENT\)/) });
    expect(await verify(empty, '--key', path.join(original, 'keys', 'audit.pem'))).toMatchObject({ status: 2, output: expect.stringMatching(/There is no store .*bund\.db; set BUND_STORE/) });
    expect(await verify(empty, '--fast')).toMatchObject({ status: 2, output: expect.stringContaining('Usage: npm run verify-audit') });
  });
});

function insertEvent(db: DatabaseSync): void {
  db.exec(`UPDATE trace SET position = position + 10 WHERE ${OF_FIRST_WRITER} AND position >= 2`);
  db.exec(`INSERT INTO trace (seq, id, writer, position, updated, previous, hash, body)
    SELECT (SELECT max(seq) + 1 FROM trace), 'forged', writer, 2, updated, previous, hash, replace(body, id, 'forged') FROM trace WHERE ${OF_FIRST_WRITER} AND position = 12`);
  db.exec(`UPDATE trace SET position = position - 9 WHERE ${OF_FIRST_WRITER} AND position >= 12`);
}

function swapEvents(db: DatabaseSync): void {
  for (const [from, to] of [[2, 12], [3, 2], [12, 3]]) db.exec(`UPDATE trace SET position = ${to} WHERE ${OF_FIRST_WRITER} AND position = ${from}`);
}
