import type { Caller } from '../../access/index.ts';
import { authorize } from '../../access/index.ts';
import { traceChange } from '../../audit/index.ts';
import type { Services } from '../../services.ts';
import { approvedChanges } from './approved-changes.ts';
import type { CatalogueChange, ChangeProposal } from './catalogue-change.ts';
import { appliedOf, CHANGE_TYPE, changeResource } from './catalogue-change.ts';
import { requireApplicable } from './judge-change.ts';
import { stepOf } from '../../step.ts';

/**
 * Writes down how somebody wants the catalogue to be. Nothing changes before another person approves it.
 *
 * @throws ServiceError 'forbidden'; 'invalid' with every fault; 'rule-broken' where it would contradict what holds, both named
 */
export async function proposeChange(services: Services, caller: Caller, { reason, ...proposal }: ChangeProposal): Promise<CatalogueChange> {
  await authorize(services, caller, { action: 'recognition-propose' });
  await services.recognition.refresh(services.store);
  const drafted: CatalogueChange = { ...proposal, id: services.newId(), status: 'proposed', about: '', proposed: stepOf(services, caller, reason) };
  const about = requireApplicable(appliedOf(drafted), await approvedChanges(services.store), services.recognition);
  const change: CatalogueChange = { ...drafted, about };
  await services.store.commit([
    { kind: 'put', resource: changeResource(change), expectedVersion: 0 },
    traceChange(services, caller, { action: 'create', interaction: 'recognition-propose', outcome: 'success', resources: [`${CHANGE_TYPE}/${change.id}`] }),
  ]);
  return change;
}
