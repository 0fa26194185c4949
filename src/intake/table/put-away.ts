import { lstat, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Issue } from '../../fhir/outcome.ts';
import { ignoreMissing, type IncomingFile, isFolder } from './incoming-files.ts';

/** What became of a file. `done` with issues: rows of it were refused. */
export interface Receipt { readonly outcome: 'done' | 'refused'; readonly issues: readonly Issue[] }

/** Issues that are told of one file; who has more has one cause. */
const MOST_ISSUES = 10_000;

/**
 * Moves a file out of the way after it was received: into `done` or `refused` beside `in`, and its issues beside it. The move
 * is the last step, so that after a crash the file is still there and is received once more, which changes nothing.
 */
export async function putAway(dir: string, file: IncomingFile, { outcome, issues }: Receipt): Promise<void> {
  const folder = path.join(dir, file.source, outcome);
  await mkdir(folder, { recursive: true });
  if (!await isFolder(folder)) throw new Error(`${folder} is no folder`);
  const target = await freeName(folder, file.name);
  if (issues.length > 0) await writeIssues(`${target}.issues.json`, file, { outcome, issues });
  await rename(file.path, target);
}

/** A file of the same name that came before keeps its name. */
async function freeName(folder: string, name: string): Promise<string> {
  const { name: base, ext } = path.parse(name);
  for (let copy = 1; ; copy++) {
    const target = path.join(folder, copy === 1 ? name : `${base}-${copy}${ext}`);
    if (await lstat(target).catch(ignoreMissing) === undefined) return target;
  }
}

async function writeIssues(target: string, { name }: IncomingFile, { outcome, issues }: Receipt): Promise<void> {
  const told = {
    file: name,
    outcome,
    issueCount: issues.length,
    issues: issues.slice(0, MOST_ISSUES).map(({ severity, code, location, expression, diagnostics }) => ({ severity, code, ...(location === undefined ? { expression } : { location }), diagnostics })),
  };
  // What is left from before a crash may go; what somebody linked there must not be written to.
  await rm(target, { force: true });
  await writeFile(target, `${JSON.stringify(told, undefined, 2)}\n`, { flag: 'wx' });
}
