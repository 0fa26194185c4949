import type { Caller } from '../../access/index.ts';
import { authorize } from '../../access/index.ts';
import { ServiceError } from '../../errors.ts';
import type { Services } from '../../services.ts';
import type { Planned } from '../decide-record.ts';
import { commitDecision } from '../decide-record.ts';
import { approvedChanges } from './approved-changes.ts';
import type { CatalogueChange, ChangeStatus } from './catalogue-change.ts';
import { appliedOf, CHANGE_TYPE, changeResource, parseChange } from './catalogue-change.ts';
import { holdsOn, shownDays } from './days.ts';
import { requireApplicable } from './judge-change.ts';
import { stepOf } from '../../step.ts';

export interface Decision { readonly id: string; readonly reason: string }

/**
 * Puts a proposed change into force, at every gateway and without a restart.
 *
 * @throws ServiceError 'forbidden'; 'not-found'; 'rule-broken' for one's own proposal, one that is decided already, or one that
 *   would contradict what was approved meanwhile, both named
 */
export async function approveChange(services: Services, caller: Caller, { id, reason }: Decision): Promise<CatalogueChange> {
  await authorize(services, caller, { action: 'recognition-approve' });
  return decide(services, caller, { id, interaction: 'recognition-approve' }, async (change) => {
    requireStatus(change, 'proposed');
    if (change.proposed.by === caller.subject) throw new ServiceError('rule-broken', 'A change of the catalogue is approved by another person than the one who proposed it');
    requireApplicable(appliedOf(change), await approvedChanges(services.store), services.recognition);
    return { ...change, status: 'approved', approved: stepOf(services, caller, reason) };
  });
}

/** Refuses a proposal, or takes back one's own. @throws ServiceError as `approveChange` */
export async function rejectChange(services: Services, caller: Caller, { id, reason }: Decision): Promise<CatalogueChange> {
  await authorize(services, caller, { action: 'recognition-read' });
  return decide(services, caller, { id, interaction: 'recognition-reject' }, async (change) => {
    await authorize(services, caller, { action: change.proposed.by === caller.subject ? 'recognition-propose' : 'recognition-approve' });
    requireStatus(change, 'proposed');
    return { ...change, status: 'rejected', rejected: stepOf(services, caller, reason) };
  });
}

/**
 * Ends what was approved. With `lastDay` it was right up to that day; without, it was a mistake: it holds on no day any more,
 * and what it had replaced holds again.
 *
 * @throws ServiceError as `approveChange`
 */
export async function retireChange(services: Services, caller: Caller, { id, reason, lastDay }: Decision & { readonly lastDay?: string | undefined }): Promise<CatalogueChange> {
  await authorize(services, caller, { action: 'recognition-approve' });
  return decide(services, caller, { id, interaction: 'recognition-retire' }, async (change) => {
    requireStatus(change, 'approved');
    const retired = stepOf(services, caller, reason);
    if (lastDay !== undefined) return { ...endedOn(change, lastDay), retired };
    await requireRetirable(services, change);
    return { ...change, status: 'retired', retired };
  });
}

/** What comes to hold again must not contradict what was approved since. */
async function requireRetirable(services: Services, change: CatalogueChange): Promise<void> {
  const others = (await approvedChanges(services.store)).filter(({ id }) => id !== change.id);
  for (const other of others) requireApplicable(other, others, { files: services.recognition.files, entries: services.recognition.entries });
}

function endedOn(change: CatalogueChange, lastDay: string): CatalogueChange {
  if (!('content' in change)) throw new ServiceError('rule-broken', 'A change that ends an entry has no days: retire it without lastDay');
  const { effective } = change.content;
  if (!holdsOn(effective, lastDay)) throw new ServiceError('rule-broken', `The last day lies outside the days of the entry, ${shownDays(effective)}`);
  const ended = { from: effective.from, to: lastDay };
  switch (change.subject) {
    case 'row': return { ...change, content: { ...change.content, effective: ended } };
    case 'panel': return { ...change, content: { ...change.content, effective: ended } };
    case 'price': return { ...change, content: { ...change.content, effective: ended } };
    case 'group': return { ...change, content: { ...change.content, effective: ended } };
  }
}

function decide(services: Services, caller: Caller, { id, interaction }: { readonly id: string; readonly interaction: string }, outcomeOf: (change: CatalogueChange) => Promise<CatalogueChange>): Promise<CatalogueChange> {
  return commitDecision(services, caller, interaction, async (): Promise<Planned<CatalogueChange>> => {
    const { change, version } = await readChange(services, id);
    const result = await outcomeOf(change);
    return {
      result, resources: [`${CHANGE_TYPE}/${id}`], changesWhatHolds: result.status === 'approved' || change.status === 'approved',
      changes: [{ kind: 'put', resource: changeResource(result), expectedVersion: version }],
    };
  });
}

/** @throws ServiceError 'not-found' */
export async function readChange({ store }: Pick<Services, 'store'>, id: string): Promise<{ readonly change: CatalogueChange; readonly version: number }> {
  const stored = await store.read({ type: CHANGE_TYPE, id });
  if (stored === undefined || stored.deleted) throw new ServiceError('not-found', 'There is no change of the catalogue of this id');
  return { change: parseChange(stored.body), version: stored.version };
}

function requireStatus({ status }: CatalogueChange, wanted: ChangeStatus): void {
  if (status !== wanted) throw new ServiceError('rule-broken', `The change is ${status}, and must be ${wanted}`);
}
