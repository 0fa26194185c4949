import type { Action, Caller } from '../access/index.ts';
import { authorize } from '../access/index.ts';
import { traceChange } from '../audit/index.ts';
import { isOvertaken, ServiceError } from '../errors.ts';
import type { Services } from '../services.ts';
import type { Change } from '../store/store.ts';
import type { StoredMapping } from './approved-mappings.ts';
import { allMappings } from './approved-mappings.ts';
import type { CodeMapping, MappingStatus } from './code-mapping.ts';
import { MAPPING_TYPE, mappingResource, parseMapping } from './code-mapping.ts';
import { requireReplaceable, requireUncontradicted } from './propose-mapping.ts';
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
  return decide(services, caller, { id, action: 'terminology-approve', interaction: 'terminology-approve' }, async (stored) => {
    requireStatus(stored, 'proposed');
    const { proposed, source } = stored.mapping;
    if (proposed.by === caller.subject) throw new ServiceError('rule-broken', 'A mapping is approved by another person than the one who proposed it');
    const mapping: CodeMapping = { ...stored.mapping, status: 'approved', approved: stepOf(services, caller, reason) };
    const approved = await allMappings(services.store, { source, status: 'approved' });
    requireReplaceable(mapping, approved.map((other) => other.mapping));
    requireUncontradicted(mapping, approved.map((other) => other.mapping));
    const replaced = approved.find((other) => other.mapping.id === mapping.replaces);
    const retired = replaced === undefined ? [] : [putOf({ ...replaced.mapping, status: 'retired', retired: stepOf(services, caller, `Replaced by ${mapping.id}`) }, replaced.version)];
    return { mapping, others: retired, replaced: replaced?.mapping, isRemapped: true };
  });
}

/** Refuses a proposal, or takes back one's own. @throws ServiceError as `approveMapping` */
export async function rejectMapping(services: Services, caller: Caller, { id, reason }: Decision): Promise<Decided> {
  return decide(services, caller, { id, action: 'terminology-read', interaction: 'terminology-reject' }, async (stored) => {
    await authorize(services, caller, { action: stored.mapping.proposed.by === caller.subject ? 'terminology-propose' : 'terminology-approve' });
    requireStatus(stored, 'proposed');
    return { mapping: { ...stored.mapping, status: 'rejected', rejected: stepOf(services, caller, reason) }, others: [], replaced: undefined, isRemapped: false };
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
    if (lastDay === undefined) return Promise.resolve({ mapping: { ...stored.mapping, status: 'retired', retired }, others: [], replaced: undefined, isRemapped: true });
    return Promise.resolve({ mapping: endedAt(stored.mapping, lastDay, retired), others: [], replaced: undefined, isRemapped: true });
  });
}

function endedAt(mapping: CodeMapping, lastDay: string, retired: CodeMapping['retired']): CodeMapping {
  if (mapping.kind === 'unit') throw new ServiceError('rule-broken', 'A unit has no days: retire its mapping without lastDay');
  const { from, to } = mapping.effective ?? {};
  if ((from !== undefined && lastDay < from) || (to !== undefined && lastDay > to)) throw new ServiceError('rule-broken', `The last day lies outside the days of the mapping, ${from ?? '…'} to ${to ?? '…'}`);
  return { ...mapping, effective: { ...mapping.effective, to: lastDay }, retired };
}

interface Outcome { readonly mapping: CodeMapping; readonly others: readonly Change[]; readonly replaced: CodeMapping | undefined; readonly isRemapped: boolean }
interface Request { readonly id: string; readonly action: Action; readonly interaction: string }

/** Decides over what is stored, and again when somebody else was faster. */
async function decide(services: Services, caller: Caller, { id, action, interaction }: Request, outcomeOf: (stored: StoredMapping) => Promise<Outcome>): Promise<Decided> {
  await authorize(services, caller, { action });
  for (let attempt = 1; ; attempt++) {
    const revision = await MAPPING_REVISION.read(services.store);
    const stored = await readMapping(services, id);
    const { mapping, others, replaced, isRemapped } = await outcomeOf(stored);
    const job = isRemapped ? remapJobOf(mapping, replaced, { version: stored.version + 1, revision: revision.changes + 1, by: caller.subject, now: services.clock().toISOString() }) : undefined;
    const changes: Change[] = [
      putOf(mapping, stored.version),
      ...others,
      ...(job === undefined ? [] : [MAPPING_REVISION.next(revision), { kind: 'put' as const, resource: jobResource(job), expectedVersion: 0 }]),
      traceChange(services, caller, { action: 'update', interaction, outcome: 'success', resources: [`${MAPPING_TYPE}/${id}`, ...(replaced === undefined ? [] : [`${MAPPING_TYPE}/${replaced.id}`])] }),
    ];
    try {
      await services.store.commit(changes);
      await services.liveCodes.refresh(services.store);
      return { mapping, job };
    } catch (error) {
      if (attempt === TRIES || !isOvertaken(error)) throw error;
    }
  }
}

/** @throws ServiceError 'not-found' */
export async function readMapping({ store }: Pick<Services, 'store'>, id: string): Promise<StoredMapping> {
  const stored = await store.read({ type: MAPPING_TYPE, id });
  if (stored === undefined || stored.deleted) throw new ServiceError('not-found', 'There is no mapping of this id');
  return { mapping: parseMapping(stored.body), version: stored.version };
}

function putOf(mapping: CodeMapping, expectedVersion: number): Change {
  return { kind: 'put', resource: mappingResource(mapping), expectedVersion };
}

function requireStatus({ mapping }: StoredMapping, wanted: MappingStatus): void {
  if (mapping.status !== wanted) throw new ServiceError('rule-broken', `The mapping is ${mapping.status}, and must be ${wanted}`);
}
