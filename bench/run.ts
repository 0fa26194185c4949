/**
 * `npm run bench`: what the gateway does on the embedded store with everything on, beside a bare Express echo and the raw
 * store measured in the same run. `--seconds 8` sets the length of each load, `--resources 200000` the size of the stores.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { openFhir } from '../src/open-services.ts';
import { type ChannelFigures, measureChannels } from './channels.ts';
import { type GatewayFigures, measureGateway } from './gateway.ts';
import { type Figure, measure } from './load.ts';
import { CODES, observation } from './observation.ts';
import { startServer } from './process.ts';
import { measureSqlite, type StoreFigures } from './store.ts';

const CLIENTS = 16;
/** Resources that one result message or row becomes, records of the intake left out. */
const RESOURCES_OF = { message: 15, row: 1 };

interface EchoFigures { readonly get: Figure; readonly post: Figure }

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '8' }, resources: { type: 'string', default: '200000' } } });
const load = { seconds: Number(values.seconds), resources: Number(values.resources) };

const folder = mkdtempSync(path.join(os.tmpdir(), 'bund-bench-'));
try {
  console.error('bare Express…');
  const echo = await measureEcho();
  console.error('raw store…');
  const store = await measureSqlite(await openFhir(), load);
  console.error('gateway…');
  const gateway = await measureGateway({ ...load, folder, clients: CLIENTS });
  console.error('channels…');
  const channels = await measureChannels({ folder, seconds: load.seconds });
  console.log(markdown(rowsOf(echo, store, gateway)));
  console.log(`\n${markdown(channelRows(channels, store))}`);
  console.log(`\nStart to ready ${whole(gateway.readyMs)} ms. Resident after ${whole(load.resources)} resources ${whole(gateway.residentMb)} MB, after all loads ${whole(gateway.residentEndMb)} MB. File ${whole(gateway.fileMb)} MB. An auditor's search after a load waits ${whole(gateway.auditLagUs)} µs for each trace that is not indexed yet.`);
  console.log(`${os.cpus().length} cores (${os.cpus()[0]?.model ?? 'unknown'}), Node ${process.version}, SQLite with every commit on the disk before it is answered, ${CLIENTS} clients beside one worker on the same machine.`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measureEcho(): Promise<EchoFigures> {
  const server = await startServer(path.join(import.meta.dirname, 'echo-server.ts'), {});
  const common = { url: server.url, headers: { 'content-type': 'application/fhir+json' }, seconds: load.seconds, clients: CLIENTS };
  const post = await measure({ ...common, method: 'POST', request: (n) => ({ path: '/fhir/Observation', body: JSON.stringify(observation('p1', CODES[0], n)) }) });
  const get = await measure({ ...common, method: 'GET', request: () => ({ path: '/fhir/Observation/x' }) });
  await server.stop();
  return { get, post };
}

function rowsOf(echo: EchoFigures, store: StoreFigures, gateway: GatewayFigures): string[][] {
  return [
    ['what', 'per second', 'p50 ms', 'p99 ms', 'of bare Express', 'of the raw store'],
    ['bare Express, POST 1.5 kB and echo', ...figure(echo.post), '', ''],
    ['bare Express, GET 1.5 kB', ...figure(echo.get), '', ''],
    ['raw store, create and trace', whole(store.createAndTrace), '', '', '', ''],
    ['raw store, transactions of 100: resources', whole(store.transactionResources), '', '', '', ''],
    ['raw store, read and trace', whole(store.readAndTrace), '', '', '', ''],
    ['raw store, search and trace', whole(store.searchAndTrace), '', '', '', ''],
    ['**create**', ...figure(gateway.create), share(gateway.create.perSecond, echo.post.perSecond), share(gateway.create.perSecond, store.createAndTrace)],
    ['**transactions of 100 of one patient: resources**', whole(gateway.transactionResources), '', '', '', share(gateway.transactionResources, store.transactionResources)],
    ['transactions of 100 spread over all patients: resources', whole(gateway.spreadResources), '', '', '', share(gateway.spreadResources, store.transactionResources)],
    ['**read by id**', ...figure(gateway.readSystem), share(gateway.readSystem.perSecond, echo.get.perSecond), share(gateway.readSystem.perSecond, store.readAndTrace)],
    ['**search by patient and code, 20 of 250**', ...figure(gateway.searchSystem), share(gateway.searchSystem.perSecond, echo.get.perSecond), share(gateway.searchSystem.perSecond, store.searchAndTrace)],
    ['read by id, clinician', ...figure(gateway.read), share(gateway.read.perSecond, echo.get.perSecond), share(gateway.read.perSecond, store.readAndTrace)],
    ['search by patient and code, clinician', ...figure(gateway.search), share(gateway.search.perSecond, echo.get.perSecond), share(gateway.search.perSecond, store.searchAndTrace)],
  ];
}

function channelRows(channels: ChannelFigures, store: StoreFigures): string[][] {
  return [
    ['channel', 'per second', 'p50 ms', 'p99 ms', 'of reading it alone', 'resources: of the raw store'],
    ['**HL7 v2 over MLLP, results of 10 OBX, 4 connections**', ...figure(channels.mllp), share(channels.mllp.perSecond, channels.mapped), share(RESOURCES_OF.message * channels.mllp.perSecond, store.transactionResources)],
    ['the same, two processes, 8 connections', ...figure(channels.mllpByTwo), '', share(RESOURCES_OF.message * channels.mllpByTwo.perSecond, store.transactionResources)],
    ['**laboratory documents (WS/T 500.7)**', whole(channels.documents), '', '', share(channels.documents, channels.documentsRead), ''],
    ['**rows of a table (CSV)**', whole(channels.rows), '', '', share(channels.rows, channels.rowsRead), share(RESOURCES_OF.row * channels.rows, store.transactionResources)],
    ['HL7 v2, parsed alone', whole(channels.parsed), '', '', '', ''],
    ['HL7 v2, parsed and mapped alone', whole(channels.mapped), '', '', '', ''],
    ['documents, read and mapped alone', whole(channels.documentsRead), '', '', '', ''],
    ['rows, read and mapped alone', whole(channels.rowsRead), '', '', '', ''],
  ];
}

function figure({ perSecond, p50Ms, p99Ms }: Figure): string[] {
  return [whole(perSecond), String(p50Ms), String(p99Ms)];
}

function share(part: number, of: number): string {
  return `${Math.round((100 * part) / of)} %`;
}

function whole(n: number): string {
  return Math.round(n).toLocaleString('en');
}

/** A table that reads well in a terminal and can be pasted into the README. */
function markdown([head = [], ...body]: string[][]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...body].map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string => `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`;
  return [line(head), `| ${widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`, ...body.map(line)].join('\n');
}
