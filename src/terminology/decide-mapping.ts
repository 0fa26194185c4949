import type { Action, Caller } from '../access/index.ts';
import { authorize } from '../access/index.ts';
import { traceChanges } from '../audit/index.ts';
import { isOvertaken, isServiceError, ServiceError } from '../errors.ts';
import type { Issue } from '../fhir/outcome.ts';
import { takeTurns } from '../large-bodies.ts';
import type { Services } from '../services.ts';
import type { Change } from '../store/store.ts';
import type { StoredMapping } from './approved-mappings.ts';
import type { CodeMapping, MappingStatus } from './code-mapping.ts';
import { MAPPING_TYPE, mappingResource, parseMapping } from './code-mapping.ts';
import { approvedOf, requireReplaceable, requireUncontradicted } from './propose-mapping.ts';
import type { RemapJob } from './remap-job.ts';
import { jobResource, remapJobOf } from './remap-job.ts';
import { MAPPING_REVISION } from './mapping-revision.ts';
import { stepOf } from '../step.ts';

export interface Decision { readonly id: string; readonly reason: string }
/** A mapping as it is now, and the job that maps stored results by it; none where no result changes. */
export interface Decided { readonly mapping: CodeMapping; readonly job: RemapJob | undefined }

/** Two people who decide at one moment; more of them do not decide about one source. */
const TRIES = 20;

/**
 * Puts a proposed mapping into force: results that come from now on are mapped by it, and stored ones by the job that is made
 * with it. What it replaces is retired in the same commit.
 *
 * @throws ServiceError 'forbidden'; 'not-found'; 'rule-broken' for one's own proposal, one that is decided already, or one that
 *   would contradict what was approved meanwhile
 */
export async function approveMapping(services: Services, caller: Caller, { id, reason }: Decision): Promise<Decided> {
  return decide(services, caller, { id, ...APPROVAL }, async (stored) => approvalOf(services, caller, { stored, reason, approved: await approvedOf(services, stored.mapping.source) }));
}

/**
 * Puts several proposals into force, as those of a table that was taken in: all of them in one commit, or none where one cannot be.
 *
 * @throws ServiceError 'forbidden'; 'not-found' or 'rule-broken' that names each proposal and cause, `mappings[3]`
 */
export async function approveMappings(services: Services, caller: Caller, { ids, reason }: { readonly ids: readonly string[]; readonly reason: string }): Promise<readonly Decided[]> {
  return decideAll(services, caller, { ids, ...APPROVAL }, async (all) => {
    const approved = new Map(await Promise.all([...new Set(all.map(({ mapping }) => mapping.source))].map(async (source) => [source, await approvedOf(services, source)] as const)));
    const outcomes: Outcome[] = [];
    const faults: Issue[] = [];
    for (const [place, stored] of all.entries()) {
      await takeTurns(place);
      const { source } = stored.mapping;
      const known = approved.get(source) ?? [];
      try {
        const outcome = approvalOf(services, caller, { stored, reason, approved: known });
        outcomes.push(outcome);
        // Two of one call must not contradict each other either, nor replace the same one.
        approved.set(source, [...known.filter(({ id }) => id !== outcome.mapping.replaces), outcome.mapping]);
      } catch (error) {
        if (!isServiceError(error, 'rule-broken')) throw error;
        faults.push({ severity: 'error', code: 'business-rule', diagnostics: error.message, expression: placeOf(place) });
      }
    }
    if (faults.length > 0) throw new ServiceError('rule-broken', `Nothing was approved: ${faults.length} of ${all.length} mappings cannot be`, faults);
    return outcomes;
  });
}

const APPROVAL = { action: 'terminology-approve', interaction: 'terminology-approve' } as const;

function placeOf(place: number): string {
  return `mappings[${place}]`;
}

/** @throws ServiceError 'rule-broken' */
function approvalOf(services: Services, caller: Caller, { stored, reason, approved }: { readonly stored: StoredMapping; readonly reason: string; readonly approved: readonly CodeMapping[] }): Outcome {
  requireStatus(stored, 'proposed');
  if (stored.mapping.proposed.by === caller.subject) throw new ServiceError('rule-broken', 'A mapping is approved by another person than the one who proposed it');
  const mapping: CodeMapping = { ...stored.mapping, status: 'approved', approved: stepOf(services, caller, reason) };
  requireReplaceable(mapping, approved);
  requireUncontradicted(mapping, approved);
  return { mapping, replaced: approved.find(({ id }) => id === mapping.replaces), isRemapped: true };
}

/** Refuses a proposal, or takes back one's own. @throws ServiceError as `approveMapping` */
export async function rejectMapping(services: Services, caller: Caller, { id, reason }: Decision): Promise<Decided> {
  return decide(services, caller, { id, action: 'terminology-read', interaction: 'terminology-reject' }, async (stored) => {
    await authorize(services, caller, { action: stored.mapping.proposed.by === caller.subject ? 'terminology-propose' : 'terminology-approve' });
    requireStatus(stored, 'proposed');
    return { mapping: { ...stored.mapping, status: 'rejected', rejected: stepOf(services, caller, reason) }, replaced: undefined, isRemapped: false };
  });
}

/**
 * Ends an approved mapping. With `lastDay` it was right up to that day, as where a laboratory gives its code to another test;
 * without, it was a mistake and no result is mapped by it any more.
 *
 * @param decision.lastDay `2026-03-01`; only for a code
 * @throws ServiceError as `approveMapping`
 */
export async function retireMapping(services: Services, caller: Caller, { id, reason, lastDay }: Decision & { readonly lastDay?: string | undefined }): Promise<Decided> {
  return decide(services, caller, { id, action: 'terminology-approve', interaction: 'terminology-retire' }, (stored) => {
    requireStatus(stored, 'approved');
    const retired = stepOf(services, caller, reason);
    if (lastDay === undefined) return Promise.resolve({ mapping: { ...stored.mapping, status: 'retired', retired }, replaced: undefined, isRemapped: true });
    return Promise.resolve({ mapping: endedAt(stored.mapping, lastDay, retired), replaced: undefined, isRemapped: true });
  });
}

function endedAt(mapping: CodeMapping, lastDay: string, retired: CodeMapping['retired']): CodeMapping {
  if (mapping.kind === 'unit') throw new ServiceError('rule-broken', 'A unit has no days: retire its mapping without lastDay');
  const { from, to } = mapping.effective ?? {};
  if ((from !== undefined && lastDay < from) || (to !== undefined && lastDay > to)) throw new ServiceError('rule-broken', `The last day lies outside the days of the mapping, ${from ?? '…'} to ${to ?? '…'}`);
  return { ...mapping, effective: { ...mapping.effective, to: lastDay }, retired };
}

/** @property replaced is retired with it */
interface Outcome { readonly mapping: CodeMapping; readonly replaced: CodeMapping | undefined; readonly isRemapped: boolean }
interface Deciding { readonly action: Action; readonly interaction: string }

async function decide(services: Services, caller: Caller, { id, ...deciding }: Deciding & { readonly id: string }, outcomeOf: (stored: StoredMapping) => Promise<Outcome>): Promise<Decided> {
  const [decided] = await decideAll(services, caller, { ids: [id], ...deciding }, (all) => Promise.all(all.map(outcomeOf)));
  if (decided === undefined) throw new Error('A mapping was decided about, and none is there');
  return decided;
}

/** Decides over what is stored, and again when somebody else was faster. */
async function decideAll(services: Services, caller: Caller, { ids, action, interaction }: Deciding & { readonly ids: readonly string[] }, outcomesOf: (stored: readonly StoredMapping[]) => Promise<readonly Outcome[]>): Promise<readonly Decided[]> {
  await authorize(services, caller, { action });
  for (let attempt = 1; ; attempt++) {
    const revision = await MAPPING_REVISION.read(services.store);
    const stored = await readMappings(services, ids);
    const versions = new Map(stored.map(({ mapping, version }) => [mapping.id, version]));
    const at = { revision: revision.changes + 1, by: caller.subject, now: services.clock().toISOString() };
    const decided = (await outcomesOf(stored)).map(({ mapping, replaced, isRemapped }) => ({
      mapping, replaced, job: isRemapped ? remapJobOf(mapping, replaced, { ...at, version: (versions.get(mapping.id) ?? 0) + 1 }) : undefined,
    }));
    const replaced = await readMappings(services, decided.flatMap((one) => one.replaced?.id ?? []));
    const by = new Map(decided.map(({ mapping }) => [mapping.replaces ?? '', mapping.id]));
    const jobs = decided.flatMap(({ job }) => job ?? []);
    const changes: Change[] = [
      ...decided.map(({ mapping }) => putOf(mapping, versions.get(mapping.id) ?? 0)),
      ...replaced.map(({ mapping, version }) => putOf({ ...mapping, status: 'retired', retired: stepOf(services, caller, `Replaced by ${by.get(mapping.id) ?? ''}`) }, version)),
      ...(jobs.length === 0 ? [] : [MAPPING_REVISION.next(revision)]),
      ...jobs.map((job) => ({ kind: 'put' as const, resource: jobResource(job), expectedVersion: 0 })),
      ...traceChanges(services, caller, { action: 'update', interaction, outcome: 'success', resources: [...ids, ...replaced.map(({ mapping }) => mapping.id)].map((id) => `${MAPPING_TYPE}/${id}`), patients: [] }),
    ];
    try {
      await services.store.commit(changes);
      await services.liveCodes.refresh(services.store);
      return decided.map(({ mapping, job }) => ({ mapping, job }));
    } catch (error) {
      if (attempt === TRIES || !isOvertaken(error)) throw error;
    }
  }
}

/** @throws ServiceError 'not-found' */
export async function readMapping(services: Pick<Services, 'store'>, id: string): Promise<StoredMapping> {
  const [stored] = await readMappings(services, [id]);
  if (stored === undefined) throw unknownMapping();
  return stored;
}

/** @throws ServiceError 'not-found'; where several are asked for, it names each that is unknown */
async function readMappings({ store }: Pick<Services, 'store'>, ids: readonly string[]): Promise<readonly StoredMapping[]> {
  const stored = new Map((await store.readMany(ids.map((id) => ({ type: MAPPING_TYPE, id })))).filter(({ deleted }) => !deleted).map((item) => [item.id, { mapping: parseMapping(item.body), version: item.version }]));
  const unknown = ids.flatMap((id, place): Issue[] => (stored.has(id) ? [] : [{ severity: 'error', code: 'not-found', diagnostics: 'There is no mapping of this id', expression: placeOf(place) }]));
  if (unknown.length > 0) throw unknownMapping(ids.length === 1 ? [] : unknown);
  return ids.flatMap((id) => stored.get(id) ?? []);
}

function unknownMapping(issues: readonly Issue[] = []): ServiceError {
  return new ServiceError('not-found', 'There is no mapping of this id', issues);
}

function putOf(mapping: CodeMapping, expectedVersion: number): Change {
  return { kind: 'put', resource: mappingResource(mapping), expectedVersion };
}

function requireStatus({ mapping }: StoredMapping, wanted: MappingStatus): void {
  if (mapping.status !== wanted) throw new ServiceError('rule-broken', `The mapping is ${mapping.status}, and must be ${wanted}`);
}
