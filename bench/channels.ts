/**
 * What each channel takes in on the embedded store, with everything on: HL7 v2 results over MLLP, shared documents and tables
 * over HTTP, beside the bare parsers. Run alone: `node bench/channels.ts [--seconds 8]`.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { documentsOf } from '../src/district/documents-of.ts';
import { loadDistrictTables } from '../src/district/load-tables.ts';
import { districtMessages } from '../src/district/message.ts';
import { DISTRICT_END } from '../src/district/residents.ts';
import { tableLines } from '../src/district/table-delivery.ts';
import { CDA_LIMITS } from '../src/normalize/cda/limits.ts';
import { readCda } from '../src/normalize/cda/read-cda.ts';
import { readTable, TABLE_LIMITS } from '../src/normalize/table/index.ts';
import { PROFILES_DIR } from '../src/open-services.ts';
import { parseV2 } from '../src/normalize/hl7v2/parse.ts';
import { readV2 } from '../src/normalize/hl7v2/read-message.ts';
import type { Figure } from './load.ts';
import { measureMllp } from './mllp-load.ts';
import { oru, PATIENTS } from './oru.ts';
import { startServer } from './process.ts';

export interface ChannelFigures {
  /** Messages a second that the parser and the mapping do alone, in this process. */
  readonly parsed: number;
  readonly mapped: number;
  /** Result messages of ten observations, each waiting for its acknowledgement, on four connections. */
  readonly mllp: Figure;
  /** The same by two processes on one database, on twice as many connections. */
  readonly mllpByTwo: Figure;
  /** Laboratory documents a second, and those that are read and mapped alone. */
  readonly documents: number;
  readonly documentsRead: number;
  /** Rows a second of one table with a result in each, and those that are read and mapped alone. */
  readonly rows: number;
  readonly rowsRead: number;
  readonly residentMb: number;
}

const CONNECTIONS = 4;
/** Of the district whose documents and table are sent, and of the one before it that is not counted. */
const RESIDENTS = 3_000;
const FIRST_RESIDENTS = 1_000;

export async function measureChannels({ folder, seconds }: { readonly folder: string; readonly seconds: number }): Promise<ChannelFigures> {
  const port = await freePort();
  const env = { BUND_STORE: `sqlite:${path.join(folder, 'channels.db')}`, BUND_PORT: '0', BUND_MLLP_PORT: String(port), BUND_LOG: 'error' };
  const server = await startServer('src/main.ts', env);
  // Patients and visits are known from the first round on, as they are in a hospital.
  await measureMllp({ port, connections: CONNECTIONS, messages: PATIENTS, message: oru });
  const mllp = await measureMllp({ port, connections: CONNECTIONS, seconds, message: (n) => oru(1_000_000 + n) });
  const tables = await loadDistrictTables(PROFILES_DIR);
  const documentsOfSeed = (seed: string, residents: number): string[] =>
    [...districtMessages(tables, { seed, until: DISTRICT_END, residents }, 'hospital-d')].flatMap((message) => documentsOf(tables, seed, message));
  const pushed = (texts: readonly string[], source: string, type: string): (() => Promise<void>)[] => texts.map((body) => () => push(server.url, tokenFor(env, source), source, { type, body }));
  // A first round, as for the messages: the process has been running for a while.
  await perSecondOf(0, pushed(documentsOfSeed('first', FIRST_RESIDENTS), 'hospital-d', 'application/xml'));
  const texts = documentsOfSeed('bench', RESIDENTS);
  const documents = await perSecondOf(texts.length, pushed(texts, 'hospital-d', 'application/xml'));
  const linesOfSeed = (seed: string, residents: number): string[] => [...tableLines(tables, { seed, until: DISTRICT_END, residents }, 'community-e')];
  await perSecondOf(0, pushed([linesOfSeed('first', FIRST_RESIDENTS).join('')], 'community-e', 'text/csv'));
  const lines = linesOfSeed('bench', RESIDENTS);
  const rows = await perSecondOf(lines.length - 1, pushed([lines.join('')], 'community-e', 'text/csv'));
  const residentMb = server.residentMb();
  await server.stop();
  const mllpByTwo = await measureTwoProcesses(folder, seconds);
  const [lis, documentSource, tableSource] = ['hospital-b', 'hospital-d', 'community-e'].map((id) => tables.sources.get(id));
  if (lis === undefined || documentSource === undefined || tableSource === undefined) throw new Error('profiles/sources lacks a source of the bench');
  const bytes = texts.map((text) => Buffer.from(text));
  const table = Buffer.from(lines.slice(0, 5_001).join(''));
  return {
    parsed: perSecond((n) => parseV2(oru(n)).segments.length),
    mapped: perSecond((n) => readV2(parseV2(oru(n)), lis).entries.length),
    mllp, mllpByTwo, documents, rows,
    documentsRead: perSecond((n) => readCda(bytes[n % bytes.length] ?? Buffer.alloc(0), documentSource, CDA_LIMITS).read().entries.length),
    rowsRead: 5_000 * perSecond(() => readTable(table, { format: 'csv' }, tableSource, TABLE_LIMITS).read().entries.length, 20),
    residentMb,
  };
}

async function measureTwoProcesses(folder: string, seconds: number): Promise<Figure> {
  const port = await freePort();
  const server = await startServer('src/main.ts', { BUND_STORE: `sqlite:${path.join(folder, 'two.db')}`, BUND_WORKERS: '2', BUND_PORT: '0', BUND_MLLP_PORT: String(port), BUND_LOG: 'error' });
  const connections = 2 * CONNECTIONS;
  await measureMllp({ port, connections, messages: PATIENTS, message: oru });
  const figure = await measureMllp({ port, connections, seconds, message: (n) => oru(1_000_000 + n) });
  await server.stop();
  return figure;
}

const tokens = new Map<string, string>();

function tokenFor(env: NodeJS.ProcessEnv, source: string): string {
  const token = tokens.get(source) ?? execFileSync(process.execPath, ['src/cli/token.ts', '--role', 'source', '--source', source], { env: { ...process.env, ...env }, encoding: 'utf8' }).trim();
  tokens.set(source, token);
  return token;
}

async function push(url: string, token: string, source: string, { type, body }: { readonly type: string; readonly body: string }): Promise<void> {
  const response = await fetch(`${url}/intake/${source}`, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': type }, body });
  const text = await response.text();
  if (!response.ok) throw new Error(`A push of ${source} was answered ${response.status}: ${text}`);
}

/** So many of something a second, when the work is done by as many senders as there are connections. */
async function perSecondOf(count: number, work: readonly (() => Promise<void>)[]): Promise<number> {
  let next = 0;
  const started = performance.now();
  await Promise.all(Array.from({ length: CONNECTIONS }, async () => {
    for (let task = work[next++]; task !== undefined; task = work[next++]) await task();
  }));
  return count / ((performance.now() - started) / 1000);
}

function perSecond(work: (n: number) => unknown, count = 3_000): number {
  for (let n = 0; n < count / 2; n++) work(n);
  const started = performance.now();
  for (let n = 0; n < count; n++) work(n);
  return count / ((performance.now() - started) / 1000);
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { seconds: { type: 'string', default: '8' } } });
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bund-bench-channels-'));
  try {
    console.log(await measureChannels({ folder, seconds: Number(values.seconds) }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
