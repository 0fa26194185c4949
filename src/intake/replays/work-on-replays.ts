import { performance } from 'node:perf_hooks';
import { isOvertaken } from '../../errors.ts';
import type { Services } from '../../services.ts';
import type { Change } from '../../store/store.ts';
import { MESSAGE_TYPE } from '../records.ts';
import { Pace } from './pace.ts';
import type { StoredReplay } from './read-replay.ts';
import { findReplay, OPEN, toReplay } from './read-replay.ts';
import type { Replay, ReplayPart } from './replay.ts';
import { parsePart, PART_SIZE, partKey, partResource, REPLAY_TYPE, replayResource } from './replay.ts';
import { replayClauses } from './replay-filter.ts';
import { replayOne } from './replay-one.ts';

/** Who works. `name` is unique among those alive; aborted, it ends after the message under way. */
export interface Worker { readonly name: string; readonly signal: AbortSignal }

/** Open replays looked at in one search. */
const PAGE = 100;
const SAVE_EVERY_MS = 2_000;
/** A worker that was not heard of for this long is taken for dead, and its replay is taken over. */
const LEASE_MS = 60_000;

/**
 * Works on the replays that wait, the one ordered first at first, and on those whose worker is gone. Of several gateways one
 * takes on each: it saves under the version that it knows, and whoever saves in between has taken it over or cancelled it.
 *
 * @returns how many replays were brought to their end
 * @throws ServiceError 'unavailable' when the store is gone: the replay goes on where it was saved last
 */
export async function workOnReplays(services: Services, worker: Worker): Promise<number> {
  for (let finished = 0; ; finished++) {
    const claimed = worker.signal.aborted ? undefined : await claimNext(services, worker);
    const collected = claimed === undefined ? undefined : await collect(services, claimed, worker);
    const done = collected === undefined ? undefined : await workOn(services, collected, worker);
    if (done === undefined) return finished;
  }
}

async function claimNext(services: Services, worker: Worker): Promise<StoredReplay | undefined> {
  const now = services.clock();
  const { items } = await services.store.search({ type: REPLAY_TYPE, where: [OPEN], sort: [], limit: PAGE });
  for (const stored of items.map(toReplay).reverse()) {
    const { state, beatAt, startedAt } = stored.replay;
    if (state === 'running' && now.getTime() - Date.parse(beatAt ?? '') < LEASE_MS) continue;
    const claimed = await save(services, stored, { ...stored.replay, state: 'running', worker: worker.name, startedAt: startedAt ?? now.toISOString() });
    if (claimed !== undefined) return claimed;
  }
  return undefined;
}

/** Writes down which messages the replay has, so that it ends whatever becomes of them, and does the one received first at first. */
async function collect(services: Services, stored: StoredReplay, worker: Worker): Promise<StoredReplay | undefined> {
  let current: StoredReplay | undefined = stored;
  while (current !== undefined && !current.replay.isCollected) {
    if (worker.signal.aborted) return release(services, current);
    const { collectAfter, ...replay }: Replay = current.replay;
    const { items, next } = await services.store.search({
      type: MESSAGE_TYPE, where: replayClauses(replay.filter, replay.before), sort: [], limit: PART_SIZE, ...(collectAfter === undefined ? {} : { after: collectAfter }),
    });
    const parts = replay.parts + (items.length === 0 ? 0 : 1);
    const part: ReplayPart = { replay: replay.id, part: replay.parts, messages: items.map(({ id }) => id), results: [] };
    const progress = next === undefined ? { isCollected: true, part: parts - 1 } : { collectAfter: next };
    current = await save(services, current, { ...replay, ...progress, parts, total: replay.total + items.length }, items.length === 0 ? [] : [{ kind: 'put', resource: partResource(part) }]);
  }
  return current;
}

/** @returns the replay at its end; undefined when somebody else ended it, took it over, or the worker is to stop */
async function workOn(services: Services, stored: StoredReplay, worker: Worker): Promise<StoredReplay | undefined> {
  const pace = new Pace(stored.replay.perSecond, worker.signal);
  let current: StoredReplay | undefined = stored;
  while (current !== undefined && current.replay.part >= 0) current = await workOnPart(services, current, { worker, pace });
  if (current === undefined) return undefined;
  return save(services, current, { ...current.replay, state: 'done', finishedAt: services.clock().toISOString() });
}

async function workOnPart(services: Services, stored: StoredReplay, { worker, pace }: { readonly worker: Worker; readonly pace: Pace }): Promise<StoredReplay | undefined> {
  const part = parsePart((await services.store.read(partKey(stored.replay.id, stored.replay.part)))?.body ?? 'null');
  const results = [...part.results];
  const done = { ...stored.replay.done };
  let current: StoredReplay | undefined = stored;
  const saveProgress = async (): Promise<StoredReplay | undefined> => {
    const { replay }: StoredReplay = current ?? stored;
    const isDone = results.length === part.messages.length;
    return save(services, current ?? stored, { ...replay, done: { ...done }, part: isDone ? replay.part - 1 : replay.part }, [{ kind: 'put', resource: partResource({ ...part, results }) }]);
  };
  for (let savedAt = performance.now(); current !== undefined && results.length < part.messages.length;) {
    await pace.wait();
    if (worker.signal.aborted) {
      const saved = await saveProgress();
      return saved === undefined ? undefined : release(services, saved);
    }
    const result = await replayOne(services, stored.replay, part.messages[part.messages.length - 1 - results.length] ?? '');
    results.push(result);
    done[result.outcome]++;
    if (results.length < part.messages.length && performance.now() - savedAt < SAVE_EVERY_MS) continue;
    current = await saveProgress();
    savedAt = performance.now();
  }
  return current;
}

/** Leaves the replay to others at once. */
async function release(services: Services, stored: StoredReplay): Promise<undefined> {
  const { worker: _worker, beatAt: _beatAt, ...replay } = stored.replay;
  await save(services, stored, { ...replay, state: 'waiting' });
  return undefined;
}

/**
 * Writes how far the replay is.
 *
 * @returns undefined when somebody else changed it meanwhile; what was done until it was cancelled is still counted
 */
async function save(services: Services, { version, replay: { worker } }: StoredReplay, replay: Replay, changes: readonly Change[] = []): Promise<StoredReplay | undefined> {
  const beating: Replay = replay.state === 'running' ? { ...replay, beatAt: services.clock().toISOString() } : replay;
  try {
    const [stored] = await services.store.commit([{ kind: 'put', resource: replayResource(beating), expectedVersion: version }, ...changes]);
    return { replay: beating, version: stored?.version ?? version + 1 };
  } catch (error) {
    if (!isOvertaken(error)) throw error;
    const met = await findReplay(services, replay.id);
    if (met.replay.state !== 'cancelled' || met.replay.worker !== worker || worker === undefined) return undefined;
    const { state, finishedAt } = met.replay;
    await services.store.commit([{ kind: 'put', resource: replayResource({ ...replay, state, ...(finishedAt === undefined ? {} : { finishedAt }) }), expectedVersion: met.version }, ...changes]);
    return undefined;
  }
}
