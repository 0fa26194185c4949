import { resourceOf } from '../../fhir/body.ts';
import type { ResourceKey } from '../../fhir/resource.ts';
import { personsOf } from '../../identity/index.ts';
import type { Services } from '../../services.ts';
import type { Stored } from '../../store/store.ts';
import { CERTIFICATE_TYPE, parseRecord } from '../certificates/certificate-record.ts';
import { changedResult } from './changed-result.ts';
import type { BasisChange, DecisionRecord } from './decision-record.ts';
import { areOfOnePerson } from './same-person.ts';

/**
 * What of the basis of a decision is different now from what its physician was told last: the results and the report that were
 * used, the certificate behind the mark, and whether the records are of one person.
 */
export async function changedBasis(services: Services, record: DecisionRecord): Promise<readonly BasisChange[]> {
  const { prior } = record;
  const used = [...(prior.report === undefined ? [] : [prior.report]), ...prior.results];
  const current = new Map((await services.store.readMany(used.map(({ reference }) => keyOf(reference)))).map((stored) => [`${stored.type}/${stored.id}`, stored]));
  const results = await Promise.all(used.map(({ reference, version }) => changeOf(services, record, current.get(reference), { reference, version })));
  return [...results.filter((change) => change !== undefined), ...await recallOf(services, record), ...await identityOf(services, record)];
}

async function changeOf(services: Services, record: DecisionRecord, current: Stored | undefined, used: { readonly reference: string; readonly version: number }): Promise<BasisChange | undefined> {
  const { reference } = used;
  const told = Math.max(used.version, ...record.steps.flatMap((step) => step.changes ?? []).filter((change) => change.reference === reference).map(({ version }) => version));
  if (current === undefined || current.version <= told) return undefined;
  const before = await services.store.readVersion(keyOf(reference), told);
  // What was deleted and comes back is another matter than what was told.
  if (before === undefined || before.deleted) return current.deleted ? undefined : { reference, version: current.version, kind: 'corrected', what: ['status'] };
  const isExamination = record.prior.results.some((result) => result.reference.startsWith('ImagingStudy/'));
  const change = changedResult(resourceOf(before.body), current.deleted ? undefined : resourceOf(current.body), { isExamination });
  return change === undefined ? undefined : { reference, version: current.version, ...change };
}

/** A recall is told once. */
async function recallOf({ store }: Services, { mark, steps }: DecisionRecord): Promise<readonly BasisChange[]> {
  if (mark === undefined) return [];
  const reference = `VerificationResult/${mark.certificate}`;
  const isTold = steps.some((step) => step.changes?.some((change) => change.kind === 'recalled' && change.reference === reference));
  const stored = isTold ? undefined : await store.read({ type: CERTIFICATE_TYPE, id: mark.certificate });
  if (stored === undefined || stored.deleted || parseRecord(stored.body).recalled === undefined) return [];
  return [{ reference, version: stored.version, kind: 'recalled', what: ['mark'] }];
}

/** Told once as long as nobody has been shown it, or has accepted it, anew. */
async function identityOf(services: Services, record: DecisionRecord): Promise<readonly BasisChange[]> {
  const since = record.steps.findLastIndex(({ to }) => to === 'accepted' || to === 'presented');
  const isTold = record.steps.slice(since + 1).some((step) => step.changes?.some(({ kind }) => kind === 'identity'));
  if (isTold || await areOfOnePerson(services, record)) return [];
  const { persons } = await personsOf(services, [record.order.patient]);
  const [person] = persons;
  return person === undefined ? [{ reference: `Patient/${record.order.patient}`, version: 1, kind: 'identity', what: ['person'] }]
    : [{ reference: `Person/${person.id}`, version: person.version, kind: 'identity', what: ['person'] }];
}

function keyOf(reference: string): ResourceKey {
  const slash = reference.indexOf('/');
  return { type: reference.slice(0, slash), id: reference.slice(slash + 1) };
}
