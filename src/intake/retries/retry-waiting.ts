import { commitOnce } from '../../commit-once.ts';
import { isServiceError } from '../../errors.ts';
import type { ResourceKey } from '../../fhir/resource.ts';
import type { Services } from '../../services.ts';
import { waitAfter, withoutFailure } from '../failure.ts';
import type { InboxMessage } from '../inbox.ts';
import { toInboxMessage } from '../inbox.ts';
import { answerLookups, TAKEN_IN_PART } from '../prepare-message.ts';
import { processMessage } from '../process-message.ts';
import { MESSAGE_TYPE, messageResource } from '../records.ts';
import type { SourceMessage } from '../records.ts';
import { senderOf } from '../sender-of.ts';
import { sourceOf } from '../source-of.ts';

/** Waiting messages looked at in one pass; those whose time comes first are first. */
const PAGE = 500;
/** One message may wait for another that waits itself. */
const MOST_PASSES = 20;

/**
 * Tries messages again that were refused, in whole or in part, because records were missing: as soon as those have come,
 * whatever the time. One whose time has come and that still misses them waits longer, after the last time no more.
 * Gateways may do so at one moment: whoever commits first wins.
 *
 * @returns how many messages were tried
 */
export async function retryWaiting(services: Services, signal?: AbortSignal): Promise<number> {
  let tried = 0;
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    const now = services.clock();
    const page = await services.store.search({
      type: MESSAGE_TYPE, where: [{ kind: 'date', param: 'next-retry', anyOf: [{ prefix: 'ge', low: 0, high: 0 }] }], sort: [{ param: 'next-retry', of: 'date', descending: false }], limit: PAGE,
    });
    const waiting = page.items.map(toInboxMessage).sort((a, b) => (a.message.receivedAt < b.message.receivedAt ? -1 : 1));
    const before = tried;
    for (const [source, ofSource] of Map.groupBy(waiting, ({ message }) => message.source)) {
      const arrived = await arrivedOf(services, source, ofSource);
      for (const inbox of ofSource) {
        if (signal?.aborted === true) return tried;
        if (arrived.has(inbox)) tried += await retry(services, inbox) ? 1 : 0;
        else if (Date.parse(inbox.message.nextRetryAt ?? '') <= now.getTime()) await waitLonger(services, inbox);
      }
    }
    if (tried === before) break;
  }
  return tried;
}

/** Messages for which all that was missing is there now; of one that is taken in by parts, some of it. */
async function arrivedOf(services: Services, source: string, waiting: readonly InboxMessage[]): Promise<ReadonlySet<InboxMessage>> {
  const known = services.sources.get(source);
  if (known === undefined) return new Set();
  const asked = waiting.map((inbox) => ({ inbox, names: (inbox.message.awaits ?? []).map((keys) => ({ name: nameOf(keys), keys })) }));
  const lookups = new Map(asked.flatMap(({ names }) => names).map((lookup) => [lookup.name, lookup]));
  const found = await answerLookups(services, known, [...lookups.values()]);
  return new Set(asked.filter(({ inbox, names }) => {
    const isFound = ({ name }: { readonly name: string }): boolean => found.has(name);
    return TAKEN_IN_PART.has(inbox.message.kind ?? '') ? names.some(isFound) : names.every(isFound);
  }).map(({ inbox }) => inbox));
}

function nameOf(keys: readonly ResourceKey[]): string {
  return keys.map(({ type, id }) => `${type}/${id}`).join(' ');
}

async function retry(services: Services, inbox: InboxMessage): Promise<boolean> {
  const { message } = inbox;
  try {
    await processMessage(services, inbox, { source: sourceOf(services, message.source), actor: senderOf(message), interaction: 'intake-retry' });
    return true;
  } catch (error) {
    if (isServiceError(error, 'unavailable') || isServiceError(error, 'storage-full')) throw error;
    services.log.error({ message: message.id, source: message.source, cause: error instanceof Error ? error.name : typeof error }, 'could not try a message again; it stays a dead letter');
    await waitLonger(services, inbox);
    return false;
  }
}

/** Without its body being read: without the missing records the outcome is known. */
async function waitLonger({ store, config, clock }: Services, { message, version }: InboxMessage): Promise<void> {
  const { reasons, awaits } = message;
  const attempts = (message.attempts ?? 0) + 1;
  const wait = waitAfter(config, attempts, clock());
  const waiting: SourceMessage = {
    ...withoutFailure(message), ...(reasons === undefined ? {} : { reasons }), attempts, ...(wait === undefined || awaits === undefined ? {} : { ...wait, awaits }),
  };
  // Somebody else may have it in hand.
  await commitOnce({ store }, [{ kind: 'put', resource: messageResource(waiting), expectedVersion: version }]);
}
