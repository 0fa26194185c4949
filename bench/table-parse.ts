/**
 * What reading tables costs before anything is checked or stored: `node bench/table-parse.ts [--rows 100000]`. The rows are
 * those of a synthetic institution; each figure is the best of several runs, in time of this thread on its processor, since
 * the machine may have other work.
 */
import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { parseArgs } from 'node:util';
import { loadDistrictTables } from '../src/district/load-tables.ts';
import { tableLines } from '../src/district/table-delivery.ts';
import { cutTable, type TablePart } from '../src/intake/table/cut-table.ts';
import type { Sender } from '../src/normalize/index.ts';
import { readTable, RowScanner, TABLE_LIMITS, tableMappingSchema } from '../src/normalize/table/index.ts';
import { PROFILES_DIR } from '../src/open-services.ts';

const RUNS = 5;
const ROWS_OF_A_PART = 5_000;
const SOURCE = 'community-e';

const { values } = parseArgs({ options: { rows: { type: 'string', default: '100000' } } });
const wanted = Number(values.rows);

const tables = await loadDistrictTables(PROFILES_DIR);
const source = tables.sources.get(SOURCE);
if (source === undefined) throw new Error(`profiles/sources has no ${SOURCE}.json`);
const mappings = tableMappingSchema.array().parse(JSON.parse(readFileSync(path.join(PROFILES_DIR, 'tables', `${SOURCE}.json`), 'utf8')));
const sender: Sender = { ...source, tables: mappings };

const lines: string[] = [];
for (const line of tableLines(tables, { residents: 1_000_000, seed: 'bench', until: '2025-06-30' }, SOURCE)) {
  if (lines.push(line) > wanted) break;
}
const text = lines.join('');
const bytes = Buffer.from(text);
const rows = lines.length - 1;

async function best(work: () => unknown): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < RUNS; run++) {
    const start = process.threadCpuUsage();
    await work();
    const { user, system } = process.threadCpuUsage(start);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}

function scan(): void {
  const scanner = new RowScanner(',');
  scanner.append(text, true);
  while (scanner.next());
}

async function cut(): Promise<TablePart[]> {
  const chunks = Array.from({ length: Math.ceil(bytes.length / 65_536) }, (_, at) => bytes.subarray(at * 65_536, (at + 1) * 65_536));
  return Array.fromAsync(cutTable(Readable.from(chunks), { tables: mappings, maxRows: ROWS_OF_A_PART, maxLength: 8_000_000 }));
}

const parts = await cut();
let entries = 0;
function read(): void {
  entries = 0;
  for (const part of parts) {
    const message = readTable(part.bytes, { format: 'csv', firstRow: part.firstRow }, sender, TABLE_LIMITS).read();
    if (message.faults.length > 0) throw new Error(`The table has faults: ${JSON.stringify(message.faults[0])}`);
    entries += message.entries.length;
  }
}

const figures = [
  ['scan the rows of the text', await best(scan)],
  ['cut a stream into parts', await best(cut)],
  ['read the parts: scan, map, build records', await best(read)],
] as const;
console.log(`${rows} rows, ${(bytes.length / 1e6).toFixed(1)} MB, ${parts.length} parts, ${entries} records\n`);
for (const [what, ms] of figures) console.log(`${what.padEnd(42)} ${ms.toFixed(0).padStart(6)} ms ${Math.round(rows / ms * 1000).toLocaleString('en').padStart(10)} rows/s`);
console.log(`\n${os.cpus().length} cores (${os.cpus()[0]?.model ?? 'unknown'}), Node ${process.version}`);
