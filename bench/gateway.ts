import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import path from 'node:path';
import { type Figure, measure } from './load.ts';
import { CODES, observation, patient } from './observation.ts';
import { startServer } from './process.ts';

export interface GatewayFigures {
  readonly create: Figure;
  /** Resources a second in transactions of 100: each about one patient, and spread over all. */
  readonly transactionResources: number;
  readonly spreadResources: number;
  readonly read: Figure;
  readonly search: Figure;
  readonly readSystem: Figure;
  readonly searchSystem: Figure;
  /** What an auditor's search after each load costs for each trace that the load left behind unindexed, in microseconds. */
  readonly auditLagUs: number;
  readonly readyMs: number;
  readonly residentMb: number;
  readonly residentEndMb: number;
  readonly fileMb: number;
}

interface Options { readonly folder: string; readonly seconds: number; readonly resources: number; readonly clients: number }

const FACILITY = 'bench-hospital';
const PER_PATIENT_AND_CODE = 250;
const BUNDLE = 100;

/** Measures one gateway process over HTTP: validation, history, index, access rules and durable trace are all on. */
export async function measureGateway(options: Options): Promise<GatewayFigures> {
  const file = path.join(options.folder, 'bench.db');
  const env = { BUND_STORE: `sqlite:${file}`, BUND_PORT: '0', BUND_LOG: 'error' };
  const server = await startServer('src/main.ts', env);
  const system = headers(tokenFor(env, '--role', 'system'));
  const clinician = headers(tokenFor(env, '--role', 'clinician', '--facility', FACILITY, '--user', 'dr-bench'));
  const patients = Math.max(1, Math.round(options.resources / (PER_PATIENT_AND_CODE * CODES.length)));
  await loadPatients(server.url, system, patients);
  const ofOnePatient = (serial: number): object => observation(patientId(Math.floor(serial / BUNDLE) % patients), codeOf(serial), serial);
  const { perSecond, ids } = await loadObservations(server.url, system, { first: 0, count: options.resources }, ofOnePatient);
  const residentMb = server.residentMb();

  const common = { url: server.url, seconds: options.seconds, clients: options.clients };
  const readOne = (n: number): { path: string } => ({ path: `/fhir/Observation/${String(ids[(n * 7919) % ids.length])}` });
  const searchOne = (n: number): { path: string } => ({
    path: `/fhir/Observation?patient=${patientId(n % patients)}&code=${encodeURIComponent(`http://loinc.org|${CODES[n % CODES.length] ?? ''}`)}&_sort=-date&_count=20`,
  });
  const catchUp = auditorOf(server.url, headers(tokenFor(env, '--role', 'auditor', '--user', 'auditor-bench')));
  await catchUp();
  const readSystem = await measure({ ...common, method: 'GET', headers: system, request: readOne });
  const lag = await catchUp();
  const searchSystem = await measure({ ...common, method: 'GET', headers: system, request: searchOne });
  await catchUp();
  const read = await measure({ ...common, method: 'GET', headers: clinician, request: readOne });
  await catchUp();
  const search = await measure({ ...common, method: 'GET', headers: clinician, request: searchOne });
  await catchUp();
  const ofAllPatients = (serial: number): object => observation(patientId(serial % patients), codeOf(Math.floor(serial / patients)), serial);
  const create = await measure({ ...common, method: 'POST', headers: system, request: (n) => ({ path: '/fhir/Observation', body: JSON.stringify(ofAllPatients(options.resources + n)) }) });
  const spread = await loadObservations(server.url, system, { first: 2 * options.resources, count: Math.ceil(options.resources / 10) }, ofAllPatients);
  const residentEndMb = server.residentMb();
  await server.stop();
  const restarted = await startServer('src/main.ts', env);
  const { readyMs } = restarted;
  await restarted.stop();
  return { create, auditLagUs: (1000 * lag) / (readSystem.perSecond * options.seconds), transactionResources: perSecond, spreadResources: spread.perSecond, read, search, readSystem, searchSystem, readyMs, residentMb, residentEndMb, fileMb: statSync(file).size / 1e6 };
}

/** An auditor who counts the traces, whose index is then complete. Gives the time to the answer, in ms. */
function auditorOf(url: string, auth: Record<string, string>): () => Promise<number> {
  return async () => {
    const started = performance.now();
    const response = await fetch(`${url}/fhir/AuditEvent?_summary=count`, { headers: auth });
    if (!response.ok) throw new Error(`The auditor was answered ${response.status}: ${await response.text()}`);
    await response.text();
    return performance.now() - started;
  };
}

function tokenFor(env: NodeJS.ProcessEnv, ...args: string[]): string {
  return execFileSync(process.execPath, ['src/cli/token.ts', ...args], { env: { ...process.env, ...env }, encoding: 'utf8' }).trim();
}

function headers(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}`, 'content-type': 'application/fhir+json', accept: 'application/fhir+json' };
}

const patientId = (n: number): string => `bench-patient-${n}`;

function codeOf(serial: number): string {
  return CODES[serial % CODES.length] ?? CODES[0];
}

async function loadPatients(url: string, auth: Record<string, string>, count: number): Promise<void> {
  for (let n = 0; n < count; n++) await send(`${url}/fhir/Patient/${patientId(n)}`, 'PUT', auth, patient(patientId(n), FACILITY));
}

/** Transactions of 100, four under way, as interfaces push; returns what they stored and how fast. */
async function loadObservations(url: string, auth: Record<string, string>, { first, count }: { readonly first: number; readonly count: number }, observationOf: (serial: number) => object): Promise<{ perSecond: number; ids: string[] }> {
  const ids: string[] = [];
  let next = first;
  const worker = async (): Promise<void> => {
    while (next < first + count) {
      const serial = next;
      next += BUNDLE;
      const bundle = { resourceType: 'Bundle', type: 'transaction', entry: Array.from({ length: BUNDLE }, (_, i) => ({ resource: observationOf(serial + i), request: { method: 'POST', url: 'Observation' } })) };
      const answer = await send(`${url}/fhir`, 'POST', { ...auth, prefer: 'return=minimal' }, bundle) as { entry: { response: { location: string } }[] };
      for (const entry of answer.entry) ids.push(entry.response.location.split('/')[1] ?? '');
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: 4 }, worker));
  return { perSecond: ids.length / ((performance.now() - started) / 1000), ids };
}

async function send(url: string, method: string, auth: Record<string, string>, body: object): Promise<unknown> {
  const response = await fetch(url, { method, headers: auth, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${method} ${url} was answered ${response.status}: ${await response.text()}`);
  return response.json();
}
