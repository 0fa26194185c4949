import { commitOnce } from '../commit-once.ts';
import { z } from 'zod';
import { derivedId } from '../fhir/derived-id.ts';
import type { Services } from '../services.ts';
import type { Change } from '../store/store.ts';
import { localSystemOf } from './create-code-tables.ts';
import { isTextOnly } from './propose-mapping.ts';
import type { JobScope } from './remap-job.ts';
import { fileJobOf, jobResource } from './remap-job.ts';
import type { SourceTable } from './tables.ts';
import { touchedResults } from './touched-results.ts';

/** Internal type of what a source's file said when a gateway was last started, so that a change of it is noticed. */
export const FILE_TYPE = 'MappingFile';

const fileSchema = z.object({
  /** Local code -> versions of its rows; unit as sent -> UCUM. */
  codes: z.record(z.string(), z.string()),
  units: z.record(z.string(), z.string()),
});
type FileContent = Readonly<z.infer<typeof fileSchema>>;

/** With more changes than this it is quicker to walk through the whole source. */
const MOST_SINGLE_JOBS = 50;

/**
 * Makes the jobs that changes in `profiles/codes` call for since a gateway was last started. Of several gateways that start
 * with the same files one makes them.
 */
export async function noticeFiles(services: Services): Promise<void> {
  for (const [source, table] of services.liveCodes.ofFiles.sources) {
    const stored = await services.store.read({ type: FILE_TYPE, id: source });
    const before = stored === undefined ? undefined : fileSchema.parse(JSON.parse(stored.body));
    const content = contentOf(table);
    if (before !== undefined && derivedId(JSON.stringify(before)) === derivedId(JSON.stringify(content))) continue;
    const scopes = before === undefined ? await firstScopes(services, source) : await scopesOf(services, source, before, content);
    await commitOnce(services, [
      { kind: 'put', resource: { resourceType: FILE_TYPE, id: source, ...content }, expectedVersion: stored?.version ?? 0 },
      ...jobsOf(services, scopes, content),
    ]);
  }
}

function contentOf({ codes, units }: SourceTable): FileContent {
  const sorted = (pairs: readonly (readonly [string, string])[]): Record<string, string> => Object.fromEntries(pairs.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return {
    codes: sorted([...codes].map(([local, rows]) => [local, rows.map(({ version }) => version).join(' ')] as const)),
    units: sorted([...units].map(([text, { ucum }]) => [text, ucum] as const)),
  };
}

/** By what the results were mapped that are there already, nobody knows. */
async function firstScopes({ store }: Services, source: string): Promise<readonly JobScope[]> {
  const whole = wholeOf(source);
  const { items } = await store.search({ type: 'Observation', where: touchedResults(whole, localSystemOf(source)), sort: [], limit: 1 });
  return items.length === 0 ? [] : [whole];
}

function wholeOf(source: string): JobScope {
  return { source, kind: 'source', local: '', isText: false, standard: [] };
}

async function scopesOf(services: Services, source: string, before: FileContent, now: FileContent): Promise<readonly JobScope[]> {
  const codes = changedKeys(before.codes, now.codes);
  const units = changedKeys(before.units, now.units);
  // What a text was mapped to before, a version does not tell: then all results are looked at.
  const texts = await Promise.all(codes.map((local) => isTextOnly(services, source, local)));
  if (codes.length + units.length > MOST_SINGLE_JOBS || texts.includes(true)) return [wholeOf(source)];
  return [
    ...codes.map((local): JobScope => ({ source, kind: 'code', local, isText: false, standard: [] })),
    ...units.map((local): JobScope => ({ source, kind: 'unit', local, isText: false, standard: [before.units[local], now.units[local]].filter((ucum) => ucum !== undefined) })),
  ];
}

function changedKeys(before: Readonly<Record<string, string>>, now: Readonly<Record<string, string>>): readonly string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(now)])].filter((key) => before[key] !== now[key]);
}

function jobsOf(services: Services, scopes: readonly JobScope[], content: FileContent): readonly Change[] {
  const at = { version: derivedId(JSON.stringify(content)), revision: services.liveCodes.revision, now: services.clock().toISOString() };
  return scopes.map((scope) => ({ kind: 'put', resource: jobResource(fileJobOf(scope, at)) }));
}
