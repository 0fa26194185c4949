import type { Caller } from '../access/index.ts';
import { authorize } from '../access/index.ts';
import { recordTrace, traceChanges } from '../audit/index.ts';
import { isServiceError, ServiceError } from '../errors.ts';
import type { Issue } from '../fhir/outcome.ts';
import type { Resource } from '../fhir/resource.ts';
import { takeTurns } from '../large-bodies.ts';
import type { Services } from '../services.ts';
import type { StoredMapping } from './approved-mappings.ts';
import { allMappings } from './approved-mappings.ts';
import type { CodeMapping } from './code-mapping.ts';
import { MAPPING_TYPE, mappingResource, proposalSchema } from './code-mapping.ts';
import { conceptMapOf } from './concept-map.ts';
import { contentKey } from './content-key.ts';
import { createCodeTables } from './create-code-tables.ts';
import { requireKnownSource } from './known-source.ts';
import { approvedOf, proposedMapping } from './propose-mapping.ts';
import type { MapEntry } from './read-concept-map.ts';
import { readConceptMap } from './read-concept-map.ts';

/** What came of an import: a mapping that holds already, or is proposed already, is not proposed again. */
export interface ImportResult { readonly proposed: readonly CodeMapping[]; readonly unchanged: number }

/** The mappings of one source that hold now. @throws ServiceError 'forbidden'; 'not-found' */
export async function exportConceptMap(services: Services, caller: Caller, source: string): Promise<Resource> {
  await authorize(services, caller, { action: 'terminology-read' });
  requireKnownSource(services, source);
  const table = services.codes.sources.get(source) ?? createCodeTables([], new Map([[source, { system: '', codes: [], units: {} }]])).sources.get(source);
  await recordTrace(services, caller, { action: 'read', interaction: 'terminology-read', outcome: 'success', query: `ConceptMap?source=${source}` });
  if (table === undefined) throw new ServiceError('not-found', `The source ${source} has no mappings`);
  return conceptMapOf(source, table, { revision: services.liveCodes.revision, now: services.clock().toISOString() });
}

/**
 * Takes in a ConceptMap as proposals, each of which waits for another person like any other. All of it, or nothing where
 * anything in it cannot be.
 *
 * @param body parsed JSON
 * @throws ServiceError 'forbidden'; 'not-found'; 'invalid' that names each place and cause
 */
export async function importConceptMap(services: Services, caller: Caller, { source, body }: { readonly source: string; readonly body: unknown }): Promise<ImportResult> {
  await authorize(services, caller, { action: 'terminology-propose', source });
  requireKnownSource(services, source);
  const { entries, faults } = readConceptMap(source, body);
  const known = await knownKeys(services, source);
  const fresh = entries.filter(({ proposal }) => !known.has(contentKey(services.codes, proposal)));
  const judged = await judgeAll(services, caller, fresh, await approvedOf(services, source));
  const all = [...faults, ...judged.faults];
  if (all.length > 0) throw new ServiceError('invalid', 'The ConceptMap cannot be taken in', all);
  const resources = judged.mappings.map(({ id }) => `${MAPPING_TYPE}/${id}`);
  await services.store.commit([
    ...judged.mappings.map((mapping) => ({ kind: 'put' as const, resource: mappingResource(mapping), expectedVersion: 0 })),
    ...traceChanges(services, caller, { action: 'create', interaction: 'terminology-import', outcome: 'success', resources, patients: [] }),
  ]);
  return { proposed: judged.mappings, unchanged: entries.length - fresh.length };
}

/** An entry that contradicts exactly one approved mapping of the same code is proposed in its place. */
async function judgeAll(services: Services, caller: Caller, entries: readonly MapEntry[], approved: readonly CodeMapping[]): Promise<{ readonly mappings: readonly CodeMapping[]; readonly faults: readonly Issue[] }> {
  const mappings: CodeMapping[] = [];
  const faults: Issue[] = [];
  for (const [index, { proposal, at }] of entries.entries()) {
    await takeTurns(index);
    const parsed = proposalSchema.safeParse(proposal);
    if (!parsed.success) {
      faults.push(...parsed.error.issues.map((issue): Issue => ({ severity: 'error', code: 'invalid', diagnostics: `${issue.path.join('.')}: ${issue.message}`, expression: at })));
      continue;
    }
    try {
      mappings.push(await proposedMapping(services, caller, parsed.data, { approved, replacesByItself: true }));
    } catch (error) {
      if (!isServiceError(error)) throw error;
      faults.push(...(error.issues.length === 0 ? [{ severity: 'error', code: 'invalid', diagnostics: error.message } as const] : error.issues).map((issue) => ({ ...issue, expression: at })));
    }
  }
  return { mappings, faults };
}

/** What holds now, or waits for approval, by what it says. */
async function knownKeys(services: Services, source: string): Promise<ReadonlySet<string>> {
  const { codes } = services;
  const table = codes.sources.get(source);
  const rows = [...table?.codes.values() ?? []].flat().map((row) => `code ${row.version} ${JSON.stringify([row.effective.from, row.effective.to])}`);
  const units = [...table?.units ?? []].map(([text, { ucum }]) => `unit ${text} ${ucum}`);
  const proposed = (await allMappings(services.store, { source, status: 'proposed' })).map(({ mapping }: StoredMapping) => contentKey(codes, mapping));
  return new Set([...rows, ...units, ...proposed]);
}
