/** `node bench/cda-parse.ts`: how many shared documents a second are parsed and made resources, on one core and without a store. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { CDA_LIMITS } from '../src/normalize/cda/limits.ts';
import { readCda } from '../src/normalize/cda/read-cda.ts';

const FIXTURES = path.resolve(import.meta.dirname, '../fixtures');
const SENDER = { id: 'bench', patientNumberSystem: 'https://bund.example/sources/bench/patients', offset: '+08:00', organization: { id: 'bench', uscc: '1231010190100405XW' } };
const MEASURE_MS = 2_000;
const LABORATORY = path.join('hospital-d', 'laboratory-report.in.xml');

/** The first item of a report as many times as a laboratory prints items, each with a code of its own. */
function withItems(document: string, count: number): string {
  const [item] = /<entry>\s*<organizer[\s\S]*?<\/organizer>\s*<\/entry>/.exec(document) ?? [''];
  return document.replace(item, Array.from({ length: count }, (_, n) => item.replace('>BXB<', `>BXB${n}<`)).join('\n'));
}

function measure(name: string, document: string): void {
  const bytes = Buffer.from(document);
  // Processor time: what else runs on the machine does not count.
  const until = (ms: number): number => {
    const start = process.cpuUsage();
    let used = 0;
    let done = 0;
    while (used < ms) {
      for (let n = 0; n < 10; n++, done++) readCda(bytes, SENDER, CDA_LIMITS).read();
      const { user, system } = process.cpuUsage(start);
      used = (user + system) / 1000;
    }
    return used / done;
  };
  until(MEASURE_MS / 4);
  const milliseconds = until(MEASURE_MS);
  const resources = readCda(bytes, SENDER, CDA_LIMITS).read().entries.length;
  const right = (value: number, width: number): string => String(Math.round(value)).padStart(width);
  console.log(`${name.padEnd(44)} ${right(bytes.length / 1024, 4)} kB ${right(resources, 4)} resources ${milliseconds.toFixed(2).padStart(7)} ms ${right(1000 / milliseconds, 6)} documents/s`);
}

for (const file of readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.in.xml')).sort()) {
  measure(file, readFileSync(path.join(FIXTURES, file), 'utf8'));
}
const laboratory = readFileSync(path.join(FIXTURES, LABORATORY), 'utf8');
for (const items of [20, 40, 400]) measure(`laboratory report of ${items} items`, withItems(laboratory, items));
