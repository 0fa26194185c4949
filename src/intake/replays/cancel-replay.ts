import type { Caller } from '../../access/index.ts';
import { authorize } from '../../access/index.ts';
import { traceChange } from '../../audit/index.ts';
import { isOvertaken } from '../../errors.ts';
import type { Services } from '../../services.ts';
import { findReplay } from './read-replay.ts';
import type { Replay } from './replay.ts';
import { REPLAY_TYPE, replayResource } from './replay.ts';

/** A worker saves every other second: whoever cancels meets it now and then. */
const ATTEMPTS = 20;

/**
 * Ends a replay after the message under way. One that has ended stays as it is.
 *
 * @throws ServiceError 'forbidden'; 'not-found'; 'conflict' while its worker saves without pause
 */
export async function cancelReplay(services: Services, caller: Caller, id: string): Promise<Replay> {
  await authorize(services, caller, { action: 'intake-replay' });
  for (let attempt = 1; ; attempt++) {
    const { replay, version } = await findReplay(services, id);
    if (replay.state === 'done' || replay.state === 'cancelled') return replay;
    const cancelled: Replay = { ...replay, state: 'cancelled', finishedAt: services.clock().toISOString() };
    try {
      await services.store.commit([
        { kind: 'put', resource: replayResource(cancelled), expectedVersion: version },
        traceChange(services, caller, { action: 'update', interaction: 'intake-replay-cancel', outcome: 'success', resources: [`${REPLAY_TYPE}/${id}`] }),
      ]);
      return cancelled;
    } catch (error) {
      if (attempt === ATTEMPTS || !isOvertaken(error)) throw error;
    }
  }
}
