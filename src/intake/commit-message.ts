import { setTimeout as pause } from 'node:timers/promises';
import type { Actor } from '../access/index.ts';
import type { Event } from '../audit/index.ts';
import { traceOf } from '../audit/index.ts';
import { isServiceError, ServiceError } from '../errors.ts';
import { referencesOf } from '../fhir/references.ts';
import { referenceTo } from '../fhir/resource.ts';
import { personChanges } from '../identity/index.ts';
import type { Services } from '../services.ts';
import type { Change } from '../store/store.ts';
import { findSuperseded } from './find-superseded.ts';
import type { Answer, InboxMessage } from './inbox.ts';
import { answerResource, readAnswer, readInbox } from './inbox.ts';
import type { EntryPlan, EntryResult } from './plan-entries.ts';
import { keysOfPlan, planEntries } from './plan-entries.ts';
import type { PreparedEntry, PreparedMessage } from './prepare-message.ts';
import { provenancesOf } from './provenance.ts';
import type { SourceMessage } from './records.ts';
import { messageResource } from './records.ts';
import { renderAcceptance, renderRefusal } from './render-answer.ts';
import type { Source } from './source.ts';

/** As many messages of one person may meet at one moment; each meeting lets at least one through. */
const MAX_ATTEMPTS = 20;
/** Resources that one trace names: a document of a store has its limit. */
const RESOURCES_PER_TRACE = 1_000;

/** What is done with a message, and by whom. */
export interface Processing {
  readonly source: Source;
  readonly actor: Actor;
  readonly interaction: 'intake' | 'intake-resume' | 'intake-replay';
}

/**
 * Stores what a message brought, together with its answer, provenance, persons and trace: all or none.
 *
 * @param inbox the message as it stood when the processing began; another gateway that was faster wins
 */
export async function commitPrepared(services: Services, inbox: InboxMessage, prepared: PreparedMessage, processing: Processing): Promise<Answer> {
  const isRefused = prepared.accepted.length === 0;
  if (isRefused) return commitRefusal(services, inbox, renderRefusal('invalid', prepared.faults.map((fault) => fault.issue)), { ...processing, issueCount: prepared.faults.length, kind: prepared.kind, entryCount: prepared.entryCount });
  return untilSettled(services, inbox, async () => {
    const now = services.clock().toISOString();
    const plan = await planOf(services, inbox.message, prepared.accepted, { ...processing, now });
    const answer = renderAcceptance(prepared.kind, plan.results, prepared.faults);
    const message: SourceMessage = {
      ...inbox.message,
      status: prepared.faults.length > 0 ? 'partial' : 'processed',
      finishedAt: now,
      kind: prepared.kind,
      entryCount: prepared.entryCount,
      issueCount: prepared.faults.length,
      unmapped: uniqueGaps(prepared.accepted),
    };
    const persons = await personChanges(services, plan.patients);
    const touched = plan.results.filter(isWritten).map(({ key }) => referenceTo(key));
    const changes: Change[] = [
      ...plan.changes,
      ...persons.changes,
      ...provenancesOf(message, processing.source, touched, now).map((resource) => ({ kind: 'put' as const, resource })),
      ...await closing(inbox, message, answer),
      ...traces(services, processing, { touched, patients: patientsOf(prepared.accepted) }),
    ];
    await services.store.commit(changes, { assuming: persons.assuming });
    return answer;
  });
}

/** Keeps a message as a dead letter with the answer that its sender gets. */
export async function commitRefusal(services: Services, inbox: InboxMessage, answer: Answer, processing: Processing & { readonly issueCount: number; readonly kind?: string; readonly entryCount?: number }): Promise<Answer> {
  const { issueCount, kind, entryCount } = processing;
  return untilSettled(services, inbox, async () => {
    const message: SourceMessage = { ...inbox.message, status: 'refused', finishedAt: services.clock().toISOString(), kind, entryCount, issueCount, unmapped: [] };
    const event: Event = { action: 'create', interaction: processing.interaction, outcome: 'refused', reason: `The message was refused with ${issueCount} faults` };
    await services.store.commit([...await closing(inbox, message, answer), ...trace(services, processing, event)]);
    return answer;
  });
}

/** Plans and commits again while other messages change the same resources in between. */
async function untilSettled(services: Services, inbox: InboxMessage, commit: () => Promise<Answer>): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await commit();
    } catch (error) {
      if (!isServiceError(error, 'conflict') && !isServiceError(error, 'version-conflict')) throw error;
      const { version } = await readInbox(services, inbox.message.id);
      const settled = version === inbox.version ? undefined : await readAnswer(services, inbox.message.id);
      if (settled !== undefined) return settled;
      if (attempt === MAX_ATTEMPTS) throw new ServiceError('unavailable', 'The message is in the inbox, and too many others change the same records now; send it again to get its answer', [], { cause: error });
      await pause(Math.random() * attempt);
    }
  }
}

async function planOf(services: Services, message: SourceMessage, entries: readonly PreparedEntry[], { source, interaction, now }: Processing & { readonly now: string }): Promise<EntryPlan> {
  const stored = new Map((await services.store.readMany(keysOfPlan(entries, source.id))).map((item) => [referenceTo(item), item]));
  const plan = (superseded: ReadonlySet<string>): EntryPlan => planEntries(entries, { source: source.id, stored, superseded, now });
  const first = plan(new Set());
  const overwritten = first.results.filter((result) => result.outcome === 'updated').map(({ key }) => key);
  // A message processed for the first time is the newest; one that waited may not be.
  if (interaction === 'intake' || overwritten.length === 0) return first;
  return plan(await findSuperseded(services, message, overwritten));
}

async function closing({ version }: InboxMessage, message: SourceMessage, answer: Answer): Promise<Change[]> {
  return [
    { kind: 'put', resource: messageResource(message), expectedVersion: version },
    { kind: 'put', resource: await answerResource(message.id, answer) },
  ];
}

function traces(services: Services, processing: Processing, { touched, patients }: { readonly touched: readonly string[]; readonly patients: readonly string[] }): Change[] {
  const parts = Math.max(1, Math.ceil(Math.max(touched.length, patients.length) / RESOURCES_PER_TRACE));
  return Array.from({ length: parts }, (_, part) => {
    const slice = (list: readonly string[]): readonly string[] => list.slice(part * RESOURCES_PER_TRACE, (part + 1) * RESOURCES_PER_TRACE);
    return trace(services, processing, { action: 'create', interaction: processing.interaction, outcome: 'success', resources: slice(touched), patients: slice(patients) });
  }).flat();
}

function trace(services: Services, { actor }: Processing, event: Event): Change[] {
  return [{ kind: 'append', trace: traceOf(actor, event, { now: services.clock(), id: services.newId() }) }];
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
