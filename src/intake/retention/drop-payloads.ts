import { theExchange, traceChange } from '../../audit/index.ts';
import { commitOnce } from '../../commit-once.ts';
import type { Clause } from '../../fhir/search/query.ts';
import type { Services } from '../../services.ts';
import type { Change } from '../../store/store.ts';
import type { InboxMessage } from '../inbox.ts';
import { payloadKeys, toInboxMessage } from '../inbox.ts';
import { MESSAGE_TYPE, messageResource } from '../records.ts';

const DAY_MS = 86_400_000;
/** Messages whose bodies go in one commit. */
const PAGE = 50;
/** Others change a message now and then while its body goes. */
const MOST_CONFLICTS = 10;

/** The exchange itself, which does what the description of a source says. */
const EXCHANGE = theExchange('retention', 'RECORDMGT');

/**
 * Deletes the bodies of messages that were processed in whole and are older than their source's description lets them be
 * kept, for good, with a trace. The message stays, with its hash, its answer and what it brought. A dead letter, and a
 * message of which a part is refused, keeps its body until it is replayed.
 *
 * @returns how many bodies were deleted
 */
export async function dropPayloads(services: Services, signal?: AbortSignal): Promise<number> {
  let dropped = 0;
  for (const { id, retention } of services.sources.values()) {
    if (retention === undefined) continue;
    const before = services.clock().getTime() - retention.rawDays * DAY_MS;
    for (let conflicts = 0; conflicts < MOST_CONFLICTS && signal?.aborted !== true;) {
      const due = await dueOf(services, id, before);
      if (due.length === 0) break;
      if (await drop(services, due)) dropped += due.length;
      else conflicts++;
    }
  }
  return dropped;
}

async function dueOf({ store }: Services, source: string, before: number): Promise<readonly InboxMessage[]> {
  const where: Clause[] = [
    { kind: 'token', param: 'status', anyOf: [{ system: source, code: 'processed' }] },
    { kind: 'date', param: 'received', anyOf: [{ prefix: 'eb', low: before, high: before }] },
  ];
  return (await store.search({ type: MESSAGE_TYPE, where, sort: [{ param: 'received', of: 'date', descending: false }], limit: PAGE })).items.map(toInboxMessage);
}

/** False when one of the messages was changed meanwhile: nothing was deleted then. */
async function drop(services: Services, due: readonly InboxMessage[]): Promise<boolean> {
  const payloadDroppedAt = services.clock().toISOString();
  const changes: Change[] = due.flatMap(({ message, version }) => [
    ...payloadKeys(message).map((key) => ({ kind: 'delete', key, erases: true } as const)),
    { kind: 'put', resource: messageResource({ ...message, payloadDroppedAt }), expectedVersion: version } as const,
  ]);
  const trace = traceChange(services, EXCHANGE, { action: 'delete', interaction: 'intake-retention', outcome: 'success', resources: due.map(({ message }) => `${MESSAGE_TYPE}/${message.id}`) });
  return commitOnce(services, [...changes, trace]);
}
