import { traceChanges } from '../audit/index.ts';
import { referencesOf } from '../fhir/references.ts';
import { referenceTo } from '../fhir/resource.ts';
import { personChanges } from '../identity/index.ts';
import type { Services } from '../services.ts';
import type { Change } from '../store/store.ts';
import { deadLetterChanges } from './dead-letters/dead-letter.ts';
import type { Failure } from './failure.ts';
import { failureOf, withoutFailure } from './failure.ts';
import type { Speaker, Superseded } from './find-superseded.ts';
import { findSuperseded } from './find-superseded.ts';
import { orderOf } from './message-order.ts';
import type { Answer, InboxMessage } from './inbox.ts';
import type { EntryPlan, EntryResult } from './plan-entries.ts';
import { keysOfPlan, planEntries } from './plan-entries.ts';
import type { PreparedEntry, PreparedMessage } from './prepare-message.ts';
import { provenancesOf } from './provenance.ts';
import type { SourceMessage } from './records.ts';
import { renderAcceptance } from './render-answer.ts';
import type { Processing } from './settle-message.ts';
import { closingChanges } from './settle-message.ts';
import { statementsOf } from './statement.ts';
import { supersedeDocuments } from './supersede-documents.ts';

/**
 * Stores what a message brought, together with its answer, provenance, persons and trace: all or none.
 *
 * @param prepared with at least one accepted entry
 * @throws ServiceError 'conflict' or 'version-conflict' when another message came in between
 */
export async function commitMessage(services: Services, inbox: InboxMessage, processing: Processing, prepared: PreparedMessage): Promise<Answer> {
  const now = services.clock().toISOString();
  const order = orderOf(inbox.message, prepared.saidAt);
  const documents = await supersedeDocuments(services, prepared.accepted);
  const plan = await planOf(services, { ...order, id: inbox.message.id, isReplay: processing.interaction !== 'intake' }, documents.entries, { source: processing.source.id, now });
  const persons = await personChanges(services, { written: plan.patients });
  const answer = renderAcceptance(prepared.kind, plan.results, prepared.faults);
  const written = [...plan.results, ...documents.results].filter(isWritten);
  const touched = written.map(({ key }) => referenceTo(key));
  const records = [...provenancesOf(inbox, processing.source, written, now), ...statementsOf(inbox, order, plan.results.map(({ key }) => referenceTo(key)))];
  const message = finished(inbox.message, prepared, failureOf(services, inbox.message, processing, { ...prepared, issues: prepared.faults.map(({ issue }) => issue) }), now);
  const changes: Change[] = [
    ...plan.changes,
    ...documents.changes,
    ...persons.changes,
    ...records.map((resource) => ({ kind: 'put' as const, resource })),
    ...await closingChanges(inbox, message, answer),
    ...deadLetterChanges(message.source, message.reasons ?? []),
    ...traceChanges(services, processing.actor, { action: 'create', interaction: processing.interaction, outcome: 'success', resources: touched, patients: patientsOf(prepared.accepted) }),
  ];
  await services.store.commit(changes, { assuming: [...persons.assuming, ...documents.assuming, ...plan.assuming] });
  return answer;
}

function finished(message: SourceMessage, { kind, entryCount, faults, accepted, saidAt }: PreparedMessage, failure: Failure, now: string): SourceMessage {
  return { ...withoutFailure(message), ...failure, ...(saidAt === undefined ? {} : { saidAt }), status: faults.length > 0 ? 'partial' : 'processed', finishedAt: now, kind, entryCount, issueCount: faults.length, unmapped: uniqueGaps(accepted) };
}

/** What becomes of the entries over what is stored now, and what must still hold when that is written. */
export async function planOf(services: Services, speaker: Speaker, entries: readonly PreparedEntry[], { source, now }: { readonly source: string; readonly now: string }): Promise<EntryPlan & Pick<Superseded, 'assuming'>> {
  const stored = new Map((await services.store.readMany(keysOfPlan(entries, source))).map((item) => [referenceTo(item), item]));
  const plan = (superseded: ReadonlySet<string>): EntryPlan => planEntries(entries, { source, stored, superseded, now });
  const first = plan(new Set());
  // What joins others element by element has its order within.
  const joined = new Set(entries.filter((entry) => entry.facts !== undefined).map((entry) => entry.index));
  const overwritten = first.results.filter((result) => result.outcome === 'updated' && !joined.has(result.index)).map(({ key }) => key);
  if (overwritten.length === 0) return { ...first, assuming: [] };
  // The message may have waited, or be so large that a newer one was faster.
  const { superseded, assuming } = await findSuperseded(services, speaker, overwritten);
  return { ...plan(superseded), assuming };
}

function isWritten({ outcome }: EntryResult): boolean {
  return outcome === 'created' || outcome === 'updated';
}

function patientsOf(entries: readonly PreparedEntry[]): readonly string[] {
  const references = entries.flatMap(({ resource }) => [referenceTo({ type: resource.resourceType, id: resource.id }), ...referencesOf(resource).map(({ reference }) => reference)]);
  return [...new Set(references.filter((reference) => /^Patient\/[^/]+$/.test(reference)))];
}

function uniqueGaps(entries: readonly PreparedEntry[]): SourceMessage['unmapped'] {
  return [...new Map(entries.flatMap(({ gaps }) => gaps.map((gap) => [JSON.stringify(gap), gap] as const))).values()];
}
