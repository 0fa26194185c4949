import type { FeedConsumer } from '../../follow-feed.ts';
import { traceChange } from '../../audit/index.ts';
import { resourceOf } from '../../fhir/body.ts';
import type { Clause } from '../../fhir/search/query.ts';
import { parseReference } from '../../fhir/references.ts';
import type { Services } from '../../services.ts';
import { pagesOf } from '../../store/search-all.ts';
import type { Stored } from '../../store/store.ts';
import { CERTIFICATE_TYPE, parseRecord } from '../certificates/certificate-record.ts';
import { changedBasis } from './changed-basis.ts';
import { repeatedOnConflict } from './conflicts.ts';
import { decisionChanges, patientsOfDecision } from './decision-changes.ts';
import type { DecisionRecord } from './decision-record.ts';
import { reopen } from './decision-steps.ts';
import { DECISION_TYPE } from './detected-issue.ts';
import { EXCHANGE } from './exchange.ts';
import { referenceIn } from './extensions.ts';
import { ANY_DECISION } from './find-decisions.ts';
import { reopenedNotice } from './notices.ts';
import { readDecision } from './read-decision.ts';
import { tellOfRecall } from './tell-of-recall.ts';
import { objectsOf } from '../../fhir/resource.ts';

const RESULT_TYPES = ['Observation', 'DiagnosticReport', 'ImagingStudy'] as const;
/** States in which a decision rests on its results, or waits for an answer about them. */
const RESTING: Clause = { kind: 'token', param: 'recognition-state', anyOf: [{ code: 'presented' }, { code: 'accepted' }, { code: 'reopened' }] };

/**
 * Re-opens decisions whose basis has changed.
 *
 * Decisions are looked at themselves too: one that was taken on a result which had just been changed stands behind that change in
 * the feed, and is found by its own entry; one before it is found by the entry of the change. So none is missed, however late
 * the feed is followed.
 */
export function reopening(services: Services): FeedConsumer {
  return {
    name: 'recognition-reopening',
    types: [CERTIFICATE_TYPE, DECISION_TYPE],
    // What comes for the first time has been used by nobody.
    changed: [...RESULT_TYPES, 'Person'],
    handle: async (items, signal) => {
      for (const stored of items) {
        if (signal.aborted) return;
        await lookAt(services, stored);
      }
    },
  };
}

async function lookAt(services: Services, stored: Stored): Promise<void> {
  if (stored.type === DECISION_TYPE) return lookAtDecision(services, stored);
  if (stored.type === 'Person') return lookAtPerson(services, stored);
  if (stored.type === CERTIFICATE_TYPE) return lookAtCertificate(services, stored);
  return reviewAll(services, { kind: 'reference', param: 'implicated', anyOf: [{ type: stored.type, id: stored.id }] });
}

async function lookAtDecision(services: Services, stored: Stored): Promise<void> {
  const record = readDecision(stored);
  if (record !== undefined && (record.state === 'presented' || record.state === 'accepted')) await reviewDecision(services, record.id);
}

async function lookAtCertificate(services: Services, stored: Stored): Promise<void> {
  if (stored.deleted || parseRecord(stored.body).recalled === undefined) return;
  await reviewAll(services, { kind: 'reference', param: 'recognition-certificate', anyOf: [{ type: 'VerificationResult', id: stored.id }] });
  await tellOfRecall(services, stored);
}

/** Whoever was linked to the person before and is not now: their decisions may rest on somebody else's results. */
async function lookAtPerson(services: Services, stored: Stored): Promise<void> {
  const before = await services.store.readVersion(stored, stored.version - 1);
  const now = new Set(linksOf(stored));
  const gone = before === undefined ? [] : linksOf(before).filter((patient) => !now.has(patient));
  if (gone.length === 0) return;
  const anyOf = gone.map((id) => ({ type: 'Patient', id }));
  // One after the other: an alternative of both has no index.
  for (const param of ['patient', 'recognition-prior-patient']) await reviewAll(services, { kind: 'reference', param, anyOf });
}

function linksOf({ deleted, body }: Stored): readonly string[] {
  if (deleted) return [];
  return objectsOf(resourceOf(body)['link']).flatMap(({ target }) => {
    const parsed = parseReference(referenceIn(target) ?? '');
    return parsed.kind === 'relative' && parsed.type === 'Patient' ? [parsed.id] : [];
  });
}

async function reviewAll(services: Services, clause: Clause): Promise<void> {
  for await (const items of pagesOf(services.store, { type: DECISION_TYPE, where: [ANY_DECISION, RESTING, clause] })) {
    for (const { id } of items) await reviewDecision(services, id);
  }
}

/**
 * Re-opens one decision if its basis has changed since its physician was told of it, with a notice to the ordering institution and
 * the trace in the same commit. Nothing is rewritten, and the order stays as it is until somebody has looked.
 *
 * @returns the decision where it was re-opened
 */
export async function reviewDecision(services: Services, id: string): Promise<DecisionRecord | undefined> {
  return repeatedOnConflict(async () => {
    const stored = await services.store.read({ type: DECISION_TYPE, id });
    const record = stored === undefined ? undefined : readDecision(stored);
    if (record === undefined) return undefined;
    const changes = await changedBasis(services, record);
    const now = services.clock().toISOString();
    const outcome = reopen(record, changes, { by: EXCHANGE.subject, at: now });
    if (outcome.kind !== 'changed') return undefined;
    const { record: after } = outcome;
    const notice = reopenedNotice(after, now);
    await services.store.commit([
      ...decisionChanges(after, now),
      { kind: 'put', resource: notice, expectedVersion: 0 },
      traceChange(services, EXCHANGE, {
        action: 'update', interaction: 'recognition-reopen', outcome: 'success', resources: [`${DECISION_TYPE}/${id}`, `Task/${notice.id}`], patients: patientsOfDecision(after),
      }),
    ]);
    return { ...after, version: after.version + 1 };
  });
}
