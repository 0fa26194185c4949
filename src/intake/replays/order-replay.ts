import type { Caller } from '../../access/index.ts';
import { authorize } from '../../access/index.ts';
import { traceChange } from '../../audit/index.ts';
import { ServiceError } from '../../errors.ts';
import type { Services } from '../../services.ts';
import { estimateOf } from './estimate-replay.ts';
import type { ReplayEstimate } from './estimate-replay.ts';
import { OPEN } from './read-replay.ts';
import type { Replay } from './replay.ts';
import { REPLAY_TYPE, replayResource } from './replay.ts';
import type { ReplayFilter } from './replay-filter.ts';

/** Replays that may wait or run at one time; each is looked at whenever a gateway has nothing to do. */
const MAX_OPEN = 100;

/**
 * Orders that the messages of a filter be processed once more, in the background, by whichever gateway takes it on.
 *
 * @throws ServiceError 'forbidden'; 'too-large' for more messages than one replay may have; 'throttled' while too many wait
 */
export async function orderReplay(services: Services, caller: Caller, filter: ReplayFilter): Promise<{ readonly replay: Replay; readonly estimate: ReplayEstimate }> {
  await authorize(services, caller, { action: 'intake-replay' });
  const { store, config, clock, newId } = services;
  const createdAt = clock().toISOString();
  const [estimate, open] = await Promise.all([estimateOf(services, filter, createdAt), store.count({ type: REPLAY_TYPE, where: [OPEN] })]);
  if (estimate.messages > config.limits.replayMessages) throw new ServiceError('too-large', `The replay would have ${estimate.messages} messages, and one may have ${config.limits.replayMessages}: narrow its filter, by from and to perhaps`);
  if (open >= MAX_OPEN) throw new ServiceError('throttled', `${open} replays wait or run already: cancel one, or wait for it`);
  const replay: Replay = {
    id: newId(), filter, before: createdAt, createdAt,
    perSecond: config.replay.perSecond,
    requestedBy: { subject: caller.subject, requestId: caller.requestId, address: caller.address },
    state: 'waiting', total: 0, parts: 0, part: 0, isCollected: false,
    done: { processed: 0, partial: 0, refused: 0, failed: 0 },
  };
  await store.commit([
    { kind: 'put', resource: replayResource(replay), expectedVersion: 0 },
    traceChange(services, caller, { action: 'create', interaction: 'intake-replay-order', outcome: 'success', resources: [`${REPLAY_TYPE}/${replay.id}`] }),
  ]);
  return { replay, estimate };
}
