import type { Clause } from '../../fhir/search/query.ts';
import { sourceUri } from '../../normalize/index.ts';
import type { Services } from '../../services.ts';
import type { Change } from '../../store/store.ts';
import type { MarkCause, RemapJob } from '../../terminology/index.ts';
import { jobResource, markJobOf } from '../../terminology/index.ts';
import { codesOf } from '../catalogue/check-entry.ts';
import type { Certificate } from '../rules/certificate.ts';

type Scope = Pick<RemapJob, 'source' | 'kind' | 'local'> & { readonly standard: readonly string[] };
type Known = Pick<Services, 'sources' | 'codes' | 'recognition'>;

/**
 * The jobs that give results their mark which were reported within the days of a certificate before it was registered: of
 * every system of the institution that was assessed. They write new versions, each with its Provenance.
 */
export function lateMarkJobs(known: Known, { id, organization, item }: Certificate, at: Omit<MarkCause, 'of'>): readonly Change[] {
  const kinds = known.codes.items.has(item) ? (['item'] as const) : (['study', 'report'] as const);
  return systemsOf(known, organization).flatMap((source) => kinds.map((kind) => jobChange({ source, kind, local: item, standard: kind === 'report' ? codesOfExamination(known, item) : [] }, { ...at, of: `VerificationResult/${id}` })));
}

/** With more new certificates than this it is quicker to walk through the whole source. */
const MOST_SINGLE_JOBS = 20;

/** The same for certificates that came with the file: one by one, or for all that a source has sent. A source that has sent nothing needs none. */
export async function lateMarkJobsOfFile(services: Known & Pick<Services, 'store'>, certificates: readonly Certificate[], at: Omit<MarkCause, 'of'>): Promise<readonly Change[]> {
  const ofInstitutions = [...Map.groupBy(certificates, ({ organization }) => organization)];
  const changes = await Promise.all(ofInstitutions.map(async ([organization, own]): Promise<readonly Change[]> => {
    const systems = await Promise.all(systemsOf(services, organization).map(async (source) => (await hasSent(services, source) ? [source] : [])));
    const sources = systems.flat();
    if (sources.length === 0) return [];
    if (own.length <= MOST_SINGLE_JOBS) return own.flatMap((certificate) => lateMarkJobs(services, certificate, at));
    const examinations = own.filter(({ item }) => !services.codes.items.has(item)).flatMap(({ item }) => codesOfExamination(services, item));
    const scopes = sources.flatMap((source): readonly Scope[] => [
      { source, kind: 'source', local: '', standard: [] },
      ...(examinations.length === 0 ? [] : [{ source, kind: 'study', local: '', standard: [] } as const, { source, kind: 'report', local: '', standard: examinations } as const]),
    ]);
    return scopes.map((scope) => jobChange(scope, { ...at, of: 'profiles/recognition/certificates.json' }));
  }));
  return changes.flat();
}

function jobChange(scope: Scope, cause: MarkCause): Change {
  return { kind: 'put', resource: jobResource(markJobOf(scope, cause)), expectedVersion: 0 };
}

function systemsOf({ sources }: Known, organization: string): readonly string[] {
  return [...sources.values()].filter((source) => source.organization.id === organization).map((source) => source.id);
}

async function hasSent({ store }: Pick<Services, 'store'>, source: string): Promise<boolean> {
  const where: readonly Clause[] = [{ kind: 'uri', param: '_source', match: 'exact', anyOf: [sourceUri(source)] }];
  for (const type of ['Observation', 'ImagingStudy']) if ((await store.search({ type, where, sort: [], limit: 1 })).items.length > 0) return true;
  return false;
}

/** `system|code`, on any day. */
function codesOfExamination({ recognition, codes }: Known, item: string): readonly string[] {
  const rows = recognition.entries.filter((entry) => entry.subject === 'row' && entry.content.item === item);
  return [...new Set(rows.flatMap((row) => codesOf(row, codes)).map(({ system, code }) => `${system}|${code}`))];
}
