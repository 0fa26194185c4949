/**
 * `npm run bench`: what the gateway does on the embedded store with everything on, beside a bare Express echo measured in
 * the same run. `--seconds 8` sets the length of each load, `--resources 200000` the size of the loaded store.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { measureGateway } from './gateway.ts';
import { type Figure, measure } from './load.ts';
import { CODES, observation } from './observation.ts';
import { startServer } from './process.ts';

const CLIENTS = 16;

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '8' }, resources: { type: 'string', default: '200000' } } });
const seconds = Number(values.seconds);
const resources = Number(values.resources);

const folder = mkdtempSync(path.join(os.tmpdir(), 'bund-bench-'));
try {
  const echo = await measureEcho();
  const gateway = await measureGateway({ folder, seconds, resources, clients: CLIENTS });
  const table = new Table({ head: ['what', 'per second', 'p50 ms', 'p99 ms', 'share of bare Express'] });
  table.push(row('bare Express: POST echo', echo.post, echo.post), row('bare Express: GET', echo.get, echo.get));
  table.push(row('create', gateway.create, echo.post));
  table.push(['transactions of 100, resources', whole(gateway.transactionResources), '', '', '']);
  table.push(row('read by id, clinician', gateway.read, echo.get), row('search by patient and code, clinician', gateway.search, echo.get));
  table.push(row('read by id, system', gateway.readSystem, echo.get), row('search by patient and code, system', gateway.searchSystem, echo.get));
  console.log(table.toString());
  console.log(`start to ready ${whole(gateway.readyMs)} ms; resident after ${resources} resources ${whole(gateway.residentMb)} MB, after all loads ${whole(gateway.residentEndMb)} MB; file ${whole(gateway.fileMb)} MB`);
  console.log(`${os.cpus().length} cores, ${os.cpus()[0]?.model ?? 'unknown'}; Node ${process.version}; SQLite synchronous=FULL; ${CLIENTS} clients, 1 worker, load generator on the same machine`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measureEcho(): Promise<{ get: Figure; post: Figure }> {
  const server = await startServer(path.join(import.meta.dirname, 'echo-server.ts'), {});
  const common = { url: server.url, headers: { 'content-type': 'application/fhir+json' }, seconds, clients: CLIENTS };
  const post = await measure({ ...common, method: 'POST', request: (n) => ({ path: '/fhir/Observation', body: JSON.stringify(observation('p1', CODES[0], n)) }) });
  const get = await measure({ ...common, method: 'GET', request: () => ({ path: '/fhir/Observation/x' }) });
  await server.stop();
  return { get, post };
}

function row(what: string, figure: Figure, ceiling: Figure): string[] {
  return [what, whole(figure.perSecond), String(figure.p50Ms), String(figure.p99Ms), `${Math.round((100 * figure.perSecond) / ceiling.perSecond)} %`];
}

function whole(n: number): string {
  return Math.round(n).toLocaleString('en');
}
