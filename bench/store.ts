/**
 * The raw store, without HTTP, validation or access rules: what is left of the gateway's figures is the price of those.
 * The functions work on any opened store; run alone (`node bench/store.ts [--resources 200000] [--seconds 5]`) this file
 * measures a new SQLite database.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Fhir } from '../src/fhir/fhir.ts';
import type { Resource } from '../src/fhir/resource.ts';
import type { SearchQuery } from '../src/fhir/search/query.ts';
import { openFhir, openStore } from '../src/open-services.ts';
import type { Change, Store } from '../src/store/store.ts';
import { CODES, observation } from './observation.ts';

export interface StoreFigures {
  /** Resources a second, in transactions of 100, one caller. */
  readonly transactionResources: number;
  /** A second, of 16 callers that each wait for their answer; each commit or read appends a trace and waits until it is durable. */
  readonly createAndTrace: number;
  readonly readAndTrace: number;
  /** Patient and code, 20 entries of 250 matches, newest first; without a trace. */
  readonly search: number;
  readonly searchAndTrace: number;
  /** As `search`, in order of creation. */
  readonly searchUnsorted: number;
  /** Traces a second that are made searchable after the fact, when the store has time or a search for traces waits. */
  readonly tracesIndexed: number;
  readonly residentMb: number;
}

export interface StoreLoad { readonly resources: number; readonly seconds: number }

const CALLERS = 16;
const TOGETHER = 100;
const PER_PATIENT_AND_CODE = 250;

export async function measureStore(store: Store, { resources, seconds }: StoreLoad): Promise<StoreFigures> {
  const patients = Math.max(1, Math.round(resources / (PER_PATIENT_AND_CODE * CODES.length)));
  const record = (n: number): Change => ({ kind: 'put', resource: { ...(observation(patientId(n % patients), codeOf(Math.floor(n / patients)), n) as Resource), id: idOf(n) } });
  const transactionResources = resources / (await secondsOf(async () => {
    for (let n = 0; n < resources; n += TOGETHER) await store.commit(Array.from({ length: TOGETHER }, (_, i) => record(n + i)));
  }));
  const residentMb = process.memoryUsage.rss() / 1e6;

  const traced = async (...changes: Change[]) => store.commit([...changes, { kind: 'append', trace: traceOf(nextTrace++) }]);
  let nextTrace = 0;
  const searchOf = (n: number, sorted: boolean): SearchQuery => ({
    type: 'Observation',
    where: [
      { kind: 'reference', param: 'patient', anyOf: [{ type: 'Patient', id: patientId(n % patients) }] },
      { kind: 'token', param: 'code', anyOf: [{ system: 'http://loinc.org', code: codeOf(n) }] },
    ],
    sort: sorted ? [{ param: 'date', of: 'date', descending: true }] : [],
    limit: 20,
  });
  const full = async (n: number, sorted: boolean) => {
    const page = await store.search(searchOf(n, sorted));
    if (page.items.length !== Math.min(20, resources / (patients * CODES.length))) throw new Error(`${page.items.length} entries on a page`);
  };
  const search = await perSecond(seconds, (n) => full(n, true));
  const searchUnsorted = await perSecond(seconds, (n) => full(n, false));
  const searchAndTrace = await perSecond(seconds, async (n) => { await full(n, true); await traced(); });
  const tracesIndexed = nextTrace / (await secondsOf(() => store.count({ type: 'AuditEvent', where: [] })));
  const readAndTrace = await perSecond(seconds, async (n) => {
    if (await store.read({ type: 'Observation', id: idOf((n * 7919) % resources) }) === undefined) throw new Error('A resource is missing');
    await traced();
  });
  await store.count({ type: 'AuditEvent', where: [] });
  const createAndTrace = await perSecond(seconds, (n) => traced(record(resources + n)));
  return { transactionResources, createAndTrace, readAndTrace, search, searchAndTrace, searchUnsorted, tracesIndexed, residentMb };
}

/** Calls a second that `CALLERS` callers complete, each starting its next call when the last is answered. */
async function perSecond(seconds: number, call: (n: number) => Promise<unknown>): Promise<number> {
  let n = 0;
  const end = performance.now() + seconds * 1000;
  const caller = async () => {
    while (performance.now() < end) await call(n++);
  };
  const taken = await secondsOf(() => Promise.all(Array.from({ length: CALLERS }, caller)));
  return n / taken;
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

function patientId(n: number): string {
  return `5f0c2a9e-0000-4000-8000-${String(n).padStart(12, '0')}`;
}

/** Spread over the key space, as ids are that derive from a hash. */
function idOf(n: number): string {
  return `${Math.imul(n + 1, 0x9e3779b1).toString(16).replace('-', 'f').padStart(8, '0')}-0000-4000-8000-${String(n).padStart(12, '0')}`;
}

function codeOf(n: number): string {
  return CODES[n % CODES.length] ?? CODES[0];
}

/** The trace of a read, after the pattern of IHE BALP. */
function traceOf(n: number): Resource & { readonly id: string } {
  return {
    resourceType: 'AuditEvent', id: `trace-${n}`,
    type: { system: 'http://terminology.hl7.org/CodeSystem/audit-event-type', code: 'rest', display: 'Restful Operation' },
    subtype: [{ system: 'http://hl7.org/fhir/restful-interaction', code: 'read', display: 'read' }],
    action: 'R', recorded: new Date().toISOString(), outcome: '0',
    agent: [{
      type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }] },
      who: { identifier: { value: 'dr-bench' }, display: 'Dr. Bench' }, requestor: true, network: { address: '127.0.0.1', type: '2' },
      purposeOfUse: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'TREAT' }] }],
    }],
    source: { observer: { display: 'bund' } },
    entity: [
      { what: { reference: `Patient/${patientId(n % 80)}` }, type: { system: 'http://terminology.hl7.org/CodeSystem/audit-entity-type', code: '1' }, role: { system: 'http://terminology.hl7.org/CodeSystem/object-role', code: '1' } },
      { what: { reference: `Observation/${idOf(n)}` }, type: { system: 'http://terminology.hl7.org/CodeSystem/audit-entity-type', code: '2' }, role: { system: 'http://terminology.hl7.org/CodeSystem/object-role', code: '4' } },
    ],
  };
}

/** Measures a new SQLite database in a temporary folder. */
export async function measureSqlite(fhir: Fhir, load: StoreLoad): Promise<StoreFigures> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bund-bench-store-'));
  const store = await openStore({ store: { kind: 'sqlite', file: path.join(folder, 'bench.db') } }, fhir, { writer: 'bench' });
  try {
    return await measureStore(store, load);
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { resources: { type: 'string', default: '200000' }, seconds: { type: 'string', default: '5' } } });
  const figures = await measureSqlite(await openFhir(), { resources: Number(values.resources), seconds: Number(values.seconds) });
  console.table(Object.fromEntries(Object.entries(figures).map(([what, figure]: [string, number]) => [what, Math.round(figure)])));
}
