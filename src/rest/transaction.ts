import { authorize } from '../access/index.ts';
import type { Caller } from '../access/index.ts';
import { isServiceError, ServiceError } from '../errors.ts';
import type { ScannedBundle } from '../fhir/bundle.ts';
import type { Issue } from '../fhir/outcome.ts';
import { failureOf } from '../http/outcome.ts';
import type { Resource } from '../fhir/resource.ts';
import { takeTurns } from '../large-bodies.ts';
import type { Services } from '../services.ts';
import type { Stored } from '../store/store.ts';
import { writeAnswer } from './answer.ts';
import type { Answer } from './answer.ts';
import type { BundleContext } from './batch.ts';
import { commitWrites, repeatOnConflict } from './commit-writes.ts';
import type { Write } from './commit-writes.ts';
import { deletion } from './delete.ts';
import { entryAnswer, entryFailure, responseBundle } from './entry-answer.ts';
import { EntryFaults, issuesAt } from './entry-faults.ts';
import { answerGet } from './entry-get.ts';
import { danglingReferences, withFinalReferences } from './entry-references.ts';
import { attemptOf } from './entry-interaction.ts';
import { readEntryRequest } from './entry-request.ts';
import type { EntryRequest } from './entry-request.ts';
import { resolveEntries } from './entry-targets.ts';
import type { ResolvedEntries, ResolvedEntry } from './entry-targets.ts';
import { requireResource } from './incoming.ts';
import { writePreference } from './prefer.ts';
import { tracingFailure } from './trace-failure.ts';
import { writeResource } from './write-resource.ts';
import type { Incoming } from './write-resource.ts';

/** What became of one entry that writes. */
interface Outcome { readonly stored: Stored | undefined; readonly issues: readonly Issue[] }

const WRITE_ORDER = ['DELETE', 'POST', 'PUT'] as const;

/**
 * Does all writes of the entries in one commit, or none; then answers the reads. References between entries become
 * references to the ids that the entries got.
 *
 * @returns the responses in the order of the requests
 * @throws ServiceError with every fault of every entry, each with its place
 * @see https://hl7.org/fhir/R4/http.html#transaction
 */
export async function processTransaction(services: Services, caller: Caller, bundle: ScannedBundle, context: BundleContext): Promise<Answer> {
  await authorize(services, caller, { action: 'transaction' });
  const requests = await readRequests(bundle, context.base);
  const outcomes = await repeatOnConflict(async () => commitEntries(services, caller, bundle, await resolveEntries(services, caller, bundle, requests)));
  const entries = new Array<string>(bundle.entryCount);
  for (const request of requests) {
    if (context.isOver()) break;
    const outcome = outcomes.get(request.index);
    entries[request.index] = outcome === undefined
      ? await answerRead(services, caller, request, context)
      : entryAnswer(answerOf(outcome, context), context.preference);
  }
  return { status: 200, body: responseBundle('transaction-response', services.newId(), entries) };
}

async function readRequests(bundle: ScannedBundle, base: string): Promise<readonly EntryRequest[]> {
  const faults = new EntryFaults();
  const requests: EntryRequest[] = [];
  for (const entry of bundle.entries()) {
    await takeTurns(entry.index);
    const request = await faults.collect(entry, () => readEntryRequest(entry, base));
    if (request !== undefined) requests.push(request);
  }
  faults.throwIfAny();
  return requests;
}

/** Checks and commits what the entries write. */
async function commitEntries(services: Services, caller: Caller, bundle: ScannedBundle, resolved: ResolvedEntries): Promise<ReadonlyMap<number, Outcome>> {
  const faults = new EntryFaults();
  const writes: (Prepared & { readonly index: number })[] = [];
  const outcomes = new Map<number, Outcome>();
  for (const method of WRITE_ORDER) {
    for (const entry of resolved.entries.filter((candidate) => candidate.request.method === method)) {
      await takeTurns(entry.request.index);
      const prepared = await faults.collect(entry.request, () => prepare(services, bundle, entry, resolved));
      if (prepared === undefined) outcomes.set(entry.request.index, { stored: entry.target?.found, issues: [] });
      else writes.push({ index: entry.request.index, ...prepared });
    }
  }
  faults.throwIfAny();
  const found = resolved.entries.flatMap((entry) => entry.target?.found ?? []);
  const assuming = resolved.entries.flatMap((entry) => entry.target?.assuming ?? []);
  const stored = await commitWrites(services, caller, { interaction: 'transaction', writes: writes.map((item) => item.write), found, assuming });
  writes.forEach(({ index, issues }, place) => outcomes.set(index, { stored: stored[place], issues }));
  return outcomes;
}

interface Prepared { readonly write: Write; readonly issues: readonly Issue[] }

/** The write of one entry; undefined when there is nothing to write. */
function prepare(services: Services, bundle: ScannedBundle, { request, target, current }: ResolvedEntry, resolved: ResolvedEntries): Prepared | undefined {
  if (target === undefined || target.found !== undefined) return undefined;
  if (current !== undefined) return { write: deletion(services, { ...target, current }), issues: [] };
  const incoming = incomingOf(services, bundle, { request, type: target.key.type }, resolved);
  const dangling = danglingReferences(incoming.make(), incoming.at);
  if (dangling.length > 0) throw new ServiceError('invalid', 'A reference dangles', dangling);
  return writeResource(services, target, incoming);
}

function incomingOf({ fhir }: Services, bundle: ScannedBundle, { request, type }: { request: EntryRequest; type: string }, resolved: ResolvedEntries): Incoming & { readonly at: string } {
  const at = `${request.at}.resource`;
  const make = (): Resource => withFinalReferences(fhir.definitions, requireResource(bundle.entry(request.index).value['resource'], { type }, at), request.fullUrl, resolved);
  return bundle.isLarge ? { make, isMadeAgain: true, at } : { make: always(make()), at };
}

function always<T>(value: T): () => T {
  return () => value;
}

function answerOf({ stored, issues }: Outcome, { preference }: BundleContext): Answer {
  if (stored === undefined || stored.deleted) return { status: 204, ...(stored === undefined ? {} : { version: stored }) };
  return writeAnswer(stored, writePreference(preference), issues);
}

/** The writes are done when reads are answered: a read that fails says so in its place. */
async function answerRead(services: Services, caller: Caller, request: EntryRequest, context: BundleContext): Promise<string> {
  try {
    return entryAnswer(await tracingFailure(services, caller, attemptOf(request), () => answerGet(services, caller, request, context)), context.preference);
  } catch (error) {
    if (!isServiceError(error)) throw error;
    return entryFailure(failureOf(error, caller.requestId).status, issuesAt(error, request.at));
  }
}
