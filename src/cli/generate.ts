/** `npm run generate -- --residents N --seed S --out DIR`: writes a synthetic district, one file a message. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { loadDistrictTables } from '../district/load-tables.ts';
import { countMessages, districtMessages } from '../district/message.ts';
import { type Case, DISTRICT_END, type DistrictOptions } from '../district/residents.ts';
import { EX_CANTCREAT, EX_USAGE } from '../exit-codes.ts';
import { PROFILES_DIR } from '../open-services.ts';
import { readArguments, UsageError, wholeNumber } from './arguments.ts';
import { startProgress } from './progress.ts';

const USAGE = `Usage: npm run generate -- --residents N --seed S --out DIR

  --residents N  people in the district, 1 to 1000000
  --seed S       any text; the same text gives the same district (default: 1)
  --out DIR      a new or empty folder; gets DIR/<source>/<n>.json and DIR/manifest.json`;

interface Wanted { readonly district: DistrictOptions; readonly out: string }

/** What is in a folder, and where to find the special cases in it. */
interface Manifest {
  readonly residents: number;
  readonly seed: string;
  readonly until: string;
  readonly resources: number;
  /** Messages a source. */
  readonly messages: Readonly<Record<string, number>>;
  /** The first files of each case that an exchange must get right. */
  readonly cases: Readonly<Partial<Record<Case, readonly string[]>>>;
}

/** Files that the manifest lists for each case. */
const FILES_PER_CASE = 12;

function wanted(): Wanted {
  const given = readArguments({ residents: { type: 'string' }, seed: { type: 'string', default: '1' }, out: { type: 'string' } });
  if (given.residents === undefined || given.out === undefined) throw new UsageError(`${given.residents === undefined ? '--residents' : '--out'} is missing`);
  const residents = wholeNumber('--residents', given.residents, { min: 1, max: 1_000_000 });
  return { district: { residents, seed: given.seed, until: DISTRICT_END }, out: path.resolve(given.out) };
}

/** @throws UsageError when the folder holds something already: two districts in one folder would be neither */
async function prepareFolder(out: string): Promise<void> {
  await mkdir(out, { recursive: true });
  if ((await readdir(out)).length > 0) throw new UsageError(`${out} is not empty; name a new or empty folder`);
}

async function writeDistrict({ district, out }: Wanted): Promise<Manifest> {
  const tables = await loadDistrictTables(PROFILES_DIR);
  const progress = startProgress('Writing messages', countMessages(district));
  const messages: Record<string, number> = {};
  const cases: Partial<Record<Case, string[]>> = {};
  let resources = 0;
  for (const message of districtMessages(tables, district)) {
    const number = (messages[message.source] ?? 0) + 1;
    messages[message.source] = number;
    if (number === 1) await mkdir(path.join(out, message.source));
    const file = `${message.source}/${number}.json`;
    await writeFile(path.join(out, file), `${JSON.stringify(message.bundle, undefined, 1)}\n`);
    resources += message.resources;
    const files = (cases[message.resident.case] ??= []);
    if (message.resident.case !== 'ordinary' && files.length < FILES_PER_CASE) files.push(file);
    progress.advance();
  }
  progress.done();
  const { ordinary: _unremarkable, ...remarkable } = cases;
  return { ...district, resources, messages, cases: remarkable };
}

async function main(): Promise<void> {
  const task = wanted();
  await prepareFolder(task.out);
  const manifest = await writeDistrict(task);
  await writeFile(path.join(task.out, 'manifest.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
  const total = Object.values(manifest.messages).reduce((sum, count) => sum + count, 0);
  console.log(`${total} messages with ${manifest.resources} resources of ${manifest.residents} residents are in ${task.out}`);
}

main().catch((error: unknown) => {
  if (error instanceof UsageError) {
    console.error(`${error.message}\n\n${USAGE}`);
    process.exitCode = EX_USAGE;
  } else if (error instanceof Error && 'syscall' in error) {
    console.error(`The district could not be written: ${error.message}`);
    process.exitCode = EX_CANTCREAT;
  } else {
    throw error;
  }
});
