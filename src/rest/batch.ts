import type { Caller } from '../access/index.ts';
import { ServiceError, isServiceError } from '../errors.ts';
import type { ScannedBundle, ScannedEntry } from '../fhir/bundle.ts';
import { isObject, isResource } from '../fhir/resource.ts';
import { describeError } from '../http/describe-error.ts';
import { failureOf } from '../http/outcome.ts';
import type { Services } from '../services.ts';
import type { Answer } from './answer.ts';
import { create } from './create.ts';
import { deleteResource } from './delete.ts';
import { entryAnswer, entryFailure, responseBundle } from './entry-answer.ts';
import { issuesAt } from './entry-faults.ts';
import { answerGet } from './entry-get.ts';
import { attemptOf } from './entry-interaction.ts';
import { referencesWithinBatch } from './entry-references.ts';
import { readEntryRequest, writeAddress } from './entry-request.ts';
import type { EntryRequest } from './entry-request.ts';
import { writePreference } from './prefer.ts';
import type { Preference } from './prefer.ts';
import { tracingFailure } from './trace-failure.ts';
import { update } from './update.ts';

export interface BundleContext {
  /** Public address of the API. */
  readonly base: string;
  readonly preference: Preference;
  /** True when the time limit has answered, or the client is gone: what was not begun is left. */
  readonly isOver: () => boolean;
}

interface BatchContext extends BundleContext { readonly fullUrls: ReadonlySet<string> }

/** So many entries are under way together, and share commits. */
const CONCURRENT = 16;
const ORDER = ['DELETE', 'POST', 'PUT', 'GET'] as const;

/**
 * Does what each entry asks for by itself; an entry that fails says so and touches no other.
 * @returns the responses in the order of the requests
 * @see https://hl7.org/fhir/R4/http.html#transaction
 */
export async function processBatch(services: Services, caller: Caller, bundle: ScannedBundle, context: BundleContext): Promise<Answer> {
  const entries = new Array<string>(bundle.entryCount);
  let room = services.config.limits.bundleBytes;
  const fullUrls = fullUrlsOf(bundle, context.base);
  for (const indexes of inOrder(bundle)) {
    const queue = indexes.values();
    const work = async (): Promise<void> => {
      for (const index of queue) {
        if (context.isOver()) return;
        const entry = bundle.entry(index);
        const answer = room > 0 || !isGet(entry) ? await answerEntry(services, caller, entry, { ...context, fullUrls }) : tooMuch(entry);
        entries[index] = answer;
        room -= answer.length;
      }
    };
    await Promise.all(Array.from({ length: Math.min(CONCURRENT, indexes.length) }, work));
  }
  return { status: 200, body: responseBundle('batch-response', services.newId(), entries) };
}

/** Indexes of the entries in the groups that follow each other; what has no known method fails in the last. */
function inOrder(bundle: ScannedBundle): readonly (readonly number[])[] {
  const groups: number[][] = ORDER.map(() => []);
  for (const { index, value } of bundle.entries()) {
    const { request } = value;
    const place = ORDER.findIndex((method) => isObject(request) && request['method'] === method);
    groups.at(place)?.push(index);
  }
  return groups;
}

/** What no entry may refer to: each `fullUrl` but those under which an entry is stored on this server. */
function fullUrlsOf(bundle: ScannedBundle, base: string): ReadonlySet<string> {
  const fullUrls = new Set<string>();
  for (const { value: { fullUrl, request } } of bundle.entries()) {
    const url = isObject(request) ? request['url'] : undefined;
    const isAddress = typeof url === 'string' && (fullUrl === url || fullUrl === `${base}/${url}`);
    if (typeof fullUrl === 'string' && !isAddress) fullUrls.add(fullUrl);
  }
  return fullUrls;
}

function isGet({ value }: ScannedEntry): boolean {
  return isObject(value['request']) && value['request']['method'] === 'GET';
}

/** A batch can ask for more than its answer may hold; what it writes is done all the same. */
function tooMuch({ at }: ScannedEntry): string {
  return entryFailure(413, [{ severity: 'error', code: 'too-costly', diagnostics: 'The answers to the entries before have filled the response; ask for this one by itself', expression: at }]);
}

async function answerEntry(services: Services, caller: Caller, entry: ScannedEntry, context: BatchContext): Promise<string> {
  try {
    const request = readEntryRequest(entry, context.base);
    return entryAnswer(await tracingFailure(services, caller, attemptOf(request), () => act(services, caller, { entry, request }, context)), context.preference);
  } catch (error) {
    const { kind, status, issues } = failureOf(error, caller.requestId);
    if (kind === 'fault') services.log.error({ requestId: caller.requestId, ...describeError(error) }, 'entry of a batch failed');
    return entryFailure(status, isServiceError(error) ? issuesAt(error, entry.at) : issues);
  }
}

function act(services: Services, caller: Caller, { entry, request }: { entry: ScannedEntry; request: EntryRequest }, context: BatchContext): Promise<Answer> {
  const { method, query, conditions, at } = request;
  if (method === 'GET') return answerGet(services, caller, request, context);
  const { type, id } = writeAddress(request);
  const address = { type, ...(id === undefined ? {} : { id }), ...(query === '' ? {} : { query }) };
  if (method === 'DELETE') return deleteResource(services, caller, address, conditions);
  requireIndependent(entry, context.fullUrls);
  const incoming = { body: () => Promise.resolve(entry.value['resource']), at: `${at}.resource` };
  const preference = writePreference(context.preference);
  if (method === 'PUT') return update(services, caller, { ...address, ...incoming, conditions }, preference);
  return create(services, caller, { type, ...incoming, ...(request.ifNoneExist === undefined ? {} : { ifNoneExist: request.ifNoneExist }) }, preference);
}

/** What is no resource at all is refused where it is written. */
function requireIndependent({ at, value: { resource } }: ScannedEntry, fullUrls: ReadonlySet<string>): void {
  if (fullUrls.size === 0 || !isObject(resource) || !isResource(resource)) return;
  const issues = referencesWithinBatch(resource, fullUrls, `${at}.resource`);
  if (issues.length > 0) throw new ServiceError('invalid', 'The entry depends on another', issues);
}
