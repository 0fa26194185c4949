/**
 * An order for a lipid panel, answered at order entry for a person with 2,000 prior results at three hospitals: from the request
 * to the cards, with access rules, assessment, decision records and durable trace. Run alone: `node bench/recognize.ts
 * [--results 2000] [--calls 300]`. A read of one resource from the same process is measured beside it, since absolute figures
 * depend on the machine.
 */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { residentCheckDigit } from '../src/fhir/validation/identifiers.ts';
import { startServer } from './process.ts';

const { values: options } = parseArgs({ options: { results: { type: 'string', default: '2000' }, calls: { type: 'string', default: '300' } } });
const LIPIDS: Readonly<Record<string, readonly (readonly [code: string, value: number, unit: string])[]>> = {
  'hospital-a': [['TC', 5.2, 'mmol/L'], ['TG', 1.7, 'mmol/L'], ['HDLC', 1.3, 'mmol/L'], ['LDLC', 3.1, 'mmol/L'], ['GLU', 5.6, 'mmol/L'], ['ALT', 20, 'U/L'], ['AST', 22, 'U/L'], ['UREA', 5, 'mmol/L']],
  'hospital-b': [['30501', 200, 'mg/dL'], ['30502', 150, 'mg/dL'], ['30503', 50, 'mg/dL'], ['30504', 120, 'mg/dL']],
  'hospital-c': [['总胆固醇', 5.2, 'mmol/L'], ['甘油三酯', 1.7, 'mmol/L'], ['高密度脂蛋白', 1.3, 'mmol/L'], ['低密度脂蛋白', 3.1, 'mmol/L']],
};
const FIRST_17 = '31010119600101001';
const PERSON = FIRST_17 + residentCheckDigit(FIRST_17);
const HOUR_MS = 3_600_000;
const LIPID_PANEL = '57698-3';

function tokenFor(env: NodeJS.ProcessEnv, ...args: string[]): string {
  return execFileSync(process.execPath, ['src/cli/token.ts', ...args], { env: { ...process.env, ...env }, encoding: 'utf8' }).trim();
}

/** One report of a laboratory about the one person; the newest come last. */
function reportOf(source: string, serial: number, ageHours: number): object {
  const at = new Date(Date.now() - ageHours * HOUR_MS).toISOString();
  const local = (kind: string, value: string): object => ({ system: `https://bund.example/sources/${source}/${kind}`, value });
  const urn = (n: number): string => `urn:uuid:00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
  const results = (LIPIDS[source] ?? []).map(([code, value, unit]) => ({
    resourceType: 'Observation', identifier: [local('result', `${serial}-${code}`)], status: 'final',
    category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'laboratory' }] }],
    code: { coding: [{ system: `https://bund.example/sources/${source}/codes`, code }] }, subject: { reference: urn(0) },
    effectiveDateTime: at, issued: at, valueQuantity: { value: value + (serial % 10), unit }, specimen: { reference: urn(1) },
  }));
  const resources = [
    { resourceType: 'Patient', identifier: [local('patient-number', '1'), { system: 'urn:oid:2.16.840.1.113883.2.23.1.19.1', value: PERSON }], name: [{ text: '王芳' }], gender: 'female', birthDate: '1960-01-01' },
    { resourceType: 'Specimen', identifier: [local('specimen', String(serial))], status: 'available', type: { text: '血清' }, subject: { reference: urn(0) }, collection: { collectedDateTime: at } },
    ...results,
    {
      resourceType: 'DiagnosticReport', identifier: [local('report', String(serial))], status: 'final', code: { text: '血脂' }, subject: { reference: urn(0) },
      category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0074', code: 'LAB' }] }], effectiveDateTime: at, issued: at, result: results.map((_, n) => ({ reference: urn(n + 2) })),
    },
  ];
  return { resourceType: 'Bundle', type: 'transaction', entry: resources.map((resource, n) => ({ fullUrl: urn(n), resource, request: { method: 'POST', url: resource.resourceType } })) };
}

async function call(url: string, token: string, body?: unknown): Promise<string> {
  const response = await fetch(url, {
    method: body === undefined ? 'GET' : 'POST', headers: { Authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url}: ${response.status} ${text}`);
  return text;
}

/** Milliseconds of each call, `callers` at a time. */
async function timed(calls: number, callers: number, make: (n: number) => Promise<unknown>): Promise<readonly number[]> {
  const times: number[] = [];
  let next = 0;
  await Promise.all(Array.from({ length: callers }, async () => {
    while (next < calls) {
      const started = performance.now();
      await make(next++);
      times.push(performance.now() - started);
    }
  }));
  return times.sort((a, b) => a - b);
}

function show(name: string, times: readonly number[]): void {
  const at = (share: number): string => (times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN).toFixed(1).padStart(8);
  console.log(`${name.padEnd(58)} p50 ${at(0.5)}  p95 ${at(0.95)}  p99 ${at(0.99)} ms`);
}

const folder = mkdtempSync(path.join(os.tmpdir(), 'bund-recognize-'));
const env = { BUND_STORE: `sqlite:${path.join(folder, 'bench.db')}`, BUND_PORT: '0', BUND_LOG: 'error' };
const server = await startServer('src/main.ts', env);
try {
  const sources = Object.keys(LIPIDS);
  const tokens = new Map(sources.map((source) => [source, tokenFor(env, '--role', 'source', '--source', source, '--user', source)]));
  const physician = tokenFor(env, '--role', 'clinician', '--facility', 'chengxin', '--user', 'dr-bench');
  const wanted = Number(options.results);
  let patient = '';
  for (let serial = 0, results = 0; results < wanted; serial++) {
    const source = sources[serial % sources.length] ?? '';
    const answer: unknown = JSON.parse(await call(`${server.url}/intake/${source}`, tokens.get(source) ?? '', reportOf(source, serial, 24 + (wanted - results) / 4)));
    if (source === 'hospital-a' && patient === '') patient = /Patient\/([0-9a-f]{32})/.exec(JSON.stringify(answer))?.[1] ?? '';
    results += LIPIDS[source]?.length ?? 0;
  }
  const ask = (code: string, id: string) => call(`${server.url}/cds-services/bund-order-sign`, physician, {
    hook: 'order-sign', hookInstance: randomUUID(),
    context: { userId: 'Practitioner/bench', patientId: patient, draftOrders: { resourceType: 'Bundle', type: 'collection', entry: [{ resource: { resourceType: 'ServiceRequest', id, status: 'draft', intent: 'order', code: { coding: [{ system: 'http://loinc.org', code }] }, subject: { reference: `Patient/${patient}` } } }] } },
  });
  if (!(await ask(LIPID_PANEL, 'first')).includes('"cards":[{')) throw new Error('No card came');
  await timed(50, 1, (n) => ask(LIPID_PANEL, `warm-${n}`));
  const calls = Number(options.calls);
  console.log(`One person with ${wanted} results at three hospitals; one gateway on the embedded store`);
  show('read of one Patient', await timed(calls, 1, () => call(`${server.url}/fhir/Patient/${patient}`, physician)));
  show('search: 20 newest results of one test', await timed(calls, 1, () => call(`${server.url}/fhir/Observation?patient=${patient}&code=${encodeURIComponent('http://loinc.org|14647-2')}&_sort=-date&_count=20`, physician)));
  show('order-sign, lipid panel, a new order each time', await timed(calls, 1, (n) => ask(LIPID_PANEL, `new-${n}`)));
  show('order-sign, the same order again', await timed(calls, 1, () => ask(LIPID_PANEL, 'new-0')));
  show('order-sign, 8 at once', await timed(calls, 8, (n) => ask(LIPID_PANEL, `eight-${n}`)));
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
