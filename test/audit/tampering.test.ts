import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditKeyFile, readAuditKey } from '../../src/access/index.ts';
import { unreadHeadFile } from '../../src/audit/head-file.ts';
import { headLines, headsFile, recordTrace, verifyAudit } from '../../src/audit/index.ts';
import { signGrown } from '../../src/audit/signing.ts';
import { readConfig } from '../../src/config.ts';
import { openFhir, openServices, openStore } from '../../src/open-services.ts';
import { callerAs } from '../access/callers.ts';

const fhir = await openFhir();

/** Chains of two gateways, each of four events. */
let original: string;
beforeAll(async () => {
  original = await mkdtemp(path.join(tmpdir(), 'bund-tamper-'));
  for (const writer of ['gateway-1', 'gateway-2']) await traceAndStop(original, writer);
});
const folders: string[] = [];
afterAll(() => Promise.all([original, ...folders].map((folder) => rm(folder, { recursive: true, force: true }))));

/** Four events, signed after the second and after the last. */
async function traceAndStop(folder: string, writer: string): Promise<void> {
  const services = await openServices(readConfig(environment(folder)), writer);
  let signed = unreadHeadFile(headsFile(folder));
  for (const ids of [['o1', 'o2'], ['o3', 'o4']]) {
    for (const id of ids) await recordTrace(services, callerAs('system'), { action: 'read', interaction: 'read', outcome: 'success', resources: [`Observation/${id}`] });
    signed = await signGrown(services, signed);
  }
  await services.store.close();
}

function environment(folder: string): Record<string, string> {
  return { BUND_STORE: `sqlite:${path.join(folder, 'bund.db')}`, BUND_LOG: 'silent' };
}

/** A copy of the data folder after an intruder was there. */
async function copyAfter(intrude: (db: DatabaseSync, folder: string) => unknown): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bund-tamper-'));
  folders.push(folder);
  await cp(original, folder, { recursive: true });
  const db = new DatabaseSync(path.join(folder, 'bund.db'));
  await intrude(db, folder);
  // One who knows the store takes the index rows along; how many there are depends on whether the events have been indexed yet.
  db.exec("DELETE FROM live WHERE type = (SELECT number FROM name WHERE text = 'AuditEvent') AND rid NOT IN (SELECT seq FROM trace)");
  db.close();
  return folder;
}

/** Every fault, as the command prints it. */
async function faultsIn(folder: string, heads = headsFile(folder)): Promise<readonly string[]> {
  const store = await openStore(readConfig(environment(folder)), fhir, { writer: 'verify' });
  const { chains, signatures, found, intact } = await verifyAudit({ store, lines: headLines(heads), publicKey: await readAuditKey(auditKeyFile(folder)) });
  await store.close();
  const faults = chains.flatMap(({ fault }) => (fault === undefined ? [] : [`${fault.writer} ${fault.seq} ${fault.id ?? ''}: ${fault.what}`]));
  if (signatures.fault !== undefined) faults.push(`line ${signatures.fault.line}: ${signatures.fault.what}`);
  if (found !== undefined) faults.push(found);
  expect(intact).toBe(faults.length === 0);
  return faults;
}

interface Verdict { readonly status: number; readonly output: string }

/** `npm run verify-audit` as an operator runs it. */
function verify(folder: string, ...options: string[]): Promise<Verdict> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['src/cli/verify-audit.ts', ...options], { env: { ...process.env, ...environment(folder) } }, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code), output: stdout + stderr });
    });
  });
}

const OF_FIRST_WRITER = "writer = (SELECT number FROM name WHERE text = 'gateway-1')";
const idAt = (db: DatabaseSync, position: number): string => String(db.prepare(`SELECT id FROM trace WHERE ${OF_FIRST_WRITER} AND position = ?`).get(position)?.['id']);

describe('the proof on a real store', () => {
  it.each<[string, (db: DatabaseSync) => unknown, RegExp]>([
    ['an event was changed', (db) => db.exec(`UPDATE trace SET body = replace(body, 'Observation/o2', 'Observation/o9') WHERE ${OF_FIRST_WRITER} AND position = 2`), /^gateway-1 2 ID: the event was changed/],
    ['an event was removed', (db) => db.exec(`DELETE FROM trace WHERE ${OF_FIRST_WRITER} AND position = 2`), /^gateway-1 2 \S+: event 2 is missing/],
    ['an event was inserted', insertEvent, /^gateway-1 2 forged: the event was changed/],
    ['two events changed places', swapEvents, /^gateway-1 2 \S+: the event does not continue the one before it/],
    ['the end of a chain was cut off', (db) => db.exec(`DELETE FROM trace WHERE ${OF_FIRST_WRITER} AND position > 2`), /^gateway-1 3 : the chain is cut off after event 2: signature line 2 .* attests 4 events/],
    ['a whole chain was removed', (db) => db.exec(`DELETE FROM trace WHERE ${OF_FIRST_WRITER}`), /^gateway-1 1 : the whole chain of 2 events is gone, which signature line 1/],
    ['an event was given another time', (db) => db.exec(`UPDATE trace SET updated = updated - 86400000 WHERE ${OF_FIRST_WRITER} AND position = 2`), /^gateway-1 2 ID: the store dates the event \S+Z, and the event itself \S+Z/],
    ['an event was given to another id', (db) => db.exec(`UPDATE trace SET id = 'other' WHERE ${OF_FIRST_WRITER} AND position = 2`), /^gateway-1 2 ID: the event is chained, and reads do not find it/],
  ])('names the first bad event when %s', async (_, intrude, expected) => {
    let secondId = '';
    const folder = await copyAfter((db) => {
      secondId = idAt(db, 2);
      intrude(db);
    });
    expect(await faultsIn(folder)).toEqual([expect.stringMatching(new RegExp(expected.source.replace('ID', secondId)))]);
  });

  it.each<[string, (lines: readonly string[]) => readonly string[], RegExp]>([
    ['was changed', (lines) => lines.map((line, n) => (n === 1 ? line.replace('gateway-1', 'gateway-3') : line)), /^line 2: the line was changed/],
    ['was removed', (lines) => lines.filter((_, n) => n !== 1), /^line 2: the lines before it are not those that it attests/],
    ['is left', () => [], /^line 1: there is no signature/],
  ])('names the first bad line when a signature line %s', async (_, edit, expected) => {
    const folder = await copyAfter(async (_db, copied) => writeFile(headsFile(copied), edit(await headLinesOf(copied)).map((line) => `${line}\n`).join('')));
    expect(await faultsIn(folder)).toEqual([expect.stringMatching(expected)]);
  });

  it('tells of an event that searches would show and no chain holds', async () => {
    const folder = await copyAfter(() => undefined);
    expect(await faultsIn(folder)).toEqual([]);
    const db = new DatabaseSync(path.join(folder, 'bund.db'));
    db.exec('INSERT INTO live (type, rid, kind) SELECT type, rid + 1000, kind FROM live LIMIT 1');
    db.close();
    expect(await faultsIn(folder)).toEqual([expect.stringMatching(/^searches find 9 events, 1 of which are in no chain/)]);
  });

  it('finds what was cut from store and signatures alike against a copy of the signatures kept elsewhere', async () => {
    const folder = await copyAfter(async (db, copied) => {
      db.exec("DELETE FROM trace WHERE writer = (SELECT number FROM name WHERE text = 'gateway-2')");
      await writeFile(headsFile(copied), (await headLinesOf(copied)).slice(0, 2).map((line) => `${line}\n`).join(''));
    });
    expect(await faultsIn(folder)).toEqual([]);
    expect(await faultsIn(folder, headsFile(original))).toEqual([expect.stringMatching(/^gateway-2 1 : the whole chain of 2 events is gone/)]);
  });
});

describe('npm run verify-audit', () => {
  it('passes an untouched store and tells what each chain holds', async () => {
    const { status, output } = await verify(await copyAfter(() => undefined));
    expect(output).toMatch(/gateway-1 .* 4 .*OK/);
    expect(output).toMatch(/gateway-2 .* 4 .*OK/);
    expect(output).toContain('Signature lines: 4');
    expect(output).toContain('events after it: 0');
    expect(output).toContain('Intact. Events: 8, chains: 2');
    expect(status).toBe(0);
  });

  it('prints the first bad event and ends with 1', async () => {
    const folder = await copyAfter((db) => db.exec(`DELETE FROM trace WHERE ${OF_FIRST_WRITER} AND position = 2`));
    const { status, output } = await verify(folder);
    expect(output).toMatch(/FAULT chain gateway-1, event 2, AuditEvent\/\S+: event 2 is missing/);
    expect(output).toContain('NOT INTACT');
    expect(status).toBe(1);
  });

  it('passes while a gateway writes, and after it was killed and started again', async () => {
    const folder = await copyAfter(() => undefined);
    const running = await openServices(readConfig(environment(folder)), 'gateway-1');
    await recordTrace(running, callerAs('system'), { action: 'read', interaction: 'read', outcome: 'success' });
    expect(await verify(folder)).toMatchObject({ status: 0, output: expect.stringContaining('events after it: 1') });
    await running.store.close();
    await traceAndStop(folder, 'gateway-1');
    expect(await verify(folder)).toMatchObject({ status: 0, output: expect.stringMatching(/gateway-1 .* 9 .*OK/) });
  });

  it('says what it needs instead of making it', async () => {
    const empty = await mkdtemp(path.join(tmpdir(), 'bund-tamper-'));
    folders.push(empty);
    expect(await verify(empty)).toMatchObject({ status: 2, output: expect.stringMatching(/audit\.pem cannot be read \(ENOENT\)/) });
    expect(await verify(empty, '--key', path.join(original, 'keys', 'audit.pem'))).toMatchObject({ status: 78, output: expect.stringMatching(/There is no store .*bund\.db; set BUND_STORE/) });
    expect(await verify(empty, '--fast')).toMatchObject({ status: 64, output: expect.stringContaining('Usage: npm run verify-audit') });
    expect(await readdir(empty)).toEqual([]);
  });
});

function headLinesOf(folder: string): Promise<string[]> {
  return Array.fromAsync(headLines(headsFile(folder)));
}

function insertEvent(db: DatabaseSync): void {
  db.exec(`UPDATE trace SET position = position + 10 WHERE ${OF_FIRST_WRITER} AND position >= 2`);
  db.exec(`INSERT INTO trace (seq, id, writer, position, updated, previous, hash, body)
    SELECT (SELECT max(seq) + 1 FROM trace), 'forged', writer, 2, updated, previous, hash, replace(body, id, 'forged') FROM trace WHERE ${OF_FIRST_WRITER} AND position = 12`);
  db.exec(`UPDATE trace SET position = position - 9 WHERE ${OF_FIRST_WRITER} AND position >= 12`);
}

function swapEvents(db: DatabaseSync): void {
  for (const [from, to] of [[2, 12], [3, 2], [12, 3]]) db.exec(`UPDATE trace SET position = ${to} WHERE ${OF_FIRST_WRITER} AND position = ${from}`);
}
