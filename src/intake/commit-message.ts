import { traceChanges } from '../audit/index.ts';
import { referencesOf } from '../fhir/references.ts';
import { referenceTo } from '../fhir/resource.ts';
import { personChanges } from '../identity/index.ts';
import type { Services } from '../services.ts';
import type { Change } from '../store/store.ts';
import { cancelResults } from './cancel-results.ts';
import { consequencesOf } from './consequences.ts';
import { deadLetterChanges } from './dead-letters/dead-letter.ts';
import { endResults } from './documents/end-results.ts';
import { supersedeDocuments } from './documents/supersede.ts';
import type { Failure } from './failure.ts';
import { failureOf, withoutFailure } from './failure.ts';
import { speakerOf } from './mark.ts';
import type { Answer, InboxMessage } from './inbox.ts';
import type { Joined } from './join-known.ts';
import type { EntryResult } from './plan-entries.ts';
import { planEntries } from './plan-entries.ts';
import type { PreparedEntry, PreparedMessage } from './prepare-message.ts';
import { provenancesOf } from './provenance.ts';
import type { SourceMessage } from './records.ts';
import { renderAcceptance } from './render-answer.ts';
import type { Processing } from './settle-message.ts';
import { closingChanges } from './settle-message.ts';

/**
 * Stores what a message brought, together with its answer, provenance, persons and trace: all or none.
 *
 * @param joined with at least one accepted entry
 * @throws ServiceError 'conflict' or 'version-conflict' when another message came in between
 */
export async function commitMessage(services: Services, inbox: InboxMessage, processing: Processing, { prepared, known }: Joined): Promise<Answer> {
  const now = services.clock().toISOString();
  const speaker = speakerOf(inbox.message, prepared.saidAt);
  const documents = supersedeDocuments(services, prepared.accepted, prepared.versions);
  const ended = prepared.kind === 'cda' ? await endResults(services, documents.entries, prepared.versions) : consequencesOf(documents.entries);
  const cancelled = await cancelResults(services, ended.entries, speaker);
  const plan = planEntries(cancelled.entries, { source: processing.source.id, stored: known, speaker, now });
  const persons = await personChanges(services, { written: plan.patients });
  const answer = renderAcceptance(prepared, plan.results);
  const written = [...plan.results, ...documents.results, ...ended.results, ...cancelled.results].filter(isWritten);
  const touched = written.map(({ key }) => referenceTo(key));
  const provenances = provenancesOf(inbox, processing.source, written, now);
  const message = finished(inbox.message, prepared, failureOf(services, inbox.message, processing, { ...prepared, issues: prepared.faults.map(({ issue }) => issue) }), now);
  const changes: Change[] = [
    ...plan.changes,
    ...documents.changes,
    ...ended.changes,
    ...cancelled.changes,
    ...persons.changes,
    ...provenances.map((resource) => ({ kind: 'put' as const, resource })),
    ...await closingChanges(inbox, message, answer),
    ...deadLetterChanges(message.source, message.reasons ?? []),
    ...traceChanges(services, processing.actor, { action: 'create', interaction: processing.interaction, outcome: 'success', resources: touched, patients: patientsOf(prepared.accepted) }),
  ];
  await services.store.commit(changes, { assuming: [...persons.assuming, ...prepared.versions.assuming] });
  return answer;
}

function finished(message: SourceMessage, { kind, entryCount, faults, accepted, saidAt }: PreparedMessage, failure: Failure, now: string): SourceMessage {
  return { ...withoutFailure(message), ...failure, ...(saidAt === undefined ? {} : { saidAt }), status: faults.length > 0 ? 'partial' : 'processed', finishedAt: now, kind, entryCount, issueCount: faults.length, unmapped: uniqueGaps(accepted) };
}

function isWritten({ outcome }: EntryResult): boolean {
  return outcome === 'created' || outcome === 'updated';
}

const PATIENT = /^Patient\/[^/]+$/;

function patientsOf(entries: readonly PreparedEntry[]): readonly string[] {
  const patients = new Set<string>();
  for (const { resource } of entries) {
    if (resource.resourceType === 'Patient') patients.add(referenceTo({ type: 'Patient', id: resource.id }));
    for (const { reference } of referencesOf(resource)) if (PATIENT.test(reference)) patients.add(reference);
  }
  return [...patients];
}

function uniqueGaps(entries: readonly PreparedEntry[]): SourceMessage['unmapped'] {
  return [...new Map(entries.flatMap(({ gaps }) => gaps.map((gap) => [JSON.stringify(gap), gap] as const))).values()];
}
