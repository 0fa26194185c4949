import type { Caller } from '../../access/index.ts';
import { authorize } from '../../access/index.ts';
import { recordTrace } from '../../audit/index.ts';
import { ServiceError } from '../../errors.ts';
import type { Services } from '../../services.ts';
import type { Stored } from '../../store/store.ts';
import type { Replay, ReplayResult } from './replay.ts';
import { parsePart, parseReplay, partKey, REPLAY_TYPE } from './replay.ts';

/** Replays that wait or run. */
export const OPEN = { kind: 'token', param: 'state', anyOf: [{ code: 'waiting' }, { code: 'running' }] } as const;

export interface StoredReplay { readonly replay: Replay; readonly version: number }

/** @throws ServiceError 'not-found' */
export async function findReplay({ store }: Services, id: string): Promise<StoredReplay> {
  const stored = await store.read({ type: REPLAY_TYPE, id });
  if (stored === undefined || stored.deleted) throw new ServiceError('not-found', 'There is no replay of this id');
  return toReplay(stored);
}

export function toReplay({ body, version }: Stored): StoredReplay {
  return { replay: parseReplay(body), version };
}

/** @throws ServiceError 'forbidden'; 'not-found' */
export async function readReplay(services: Services, caller: Caller, id: string): Promise<Replay> {
  await authorize(services, caller, { action: 'intake-list' });
  const { replay } = await findReplay(services, id);
  await recordTrace(services, caller, { action: 'read', interaction: 'intake-list', outcome: 'success', resources: [`${REPLAY_TYPE}/${id}`] });
  return replay;
}

/** The replay ordered last first. @throws ServiceError 'forbidden'; 'malformed' for an `after` that no page gave */
export async function listReplays(services: Services, caller: Caller, page: { readonly count: number; readonly after: string | undefined }): Promise<{ readonly replays: readonly Replay[]; readonly next: string | undefined }> {
  await authorize(services, caller, { action: 'intake-list' });
  const { items, next } = await services.store.search({ type: REPLAY_TYPE, where: [], sort: [], limit: page.count, ...(page.after === undefined ? {} : { after: page.after }) });
  await recordTrace(services, caller, { action: 'search', interaction: 'intake-list', outcome: 'success', query: 'replays' });
  return { replays: items.map((item) => parseReplay(item.body)), next };
}

/** Messages of a replay, received last first, with what became of those that are done. */
export interface ReplayPartPage {
  readonly replay: string;
  readonly part: number;
  readonly messages: readonly ({ readonly message: string } & Partial<ReplayResult>)[];
}

/**
 * One part of the messages of a replay, with what became of each.
 *
 * @param number 0 is the part whose messages were received last
 * @throws ServiceError 'forbidden'; 'not-found'
 */
export async function readReplayPart(services: Services, caller: Caller, id: string, number: number): Promise<ReplayPartPage> {
  await authorize(services, caller, { action: 'intake-list' });
  await findReplay(services, id);
  const stored = await services.store.read(partKey(id, number));
  if (stored === undefined) throw new ServiceError('not-found', 'The replay has no such part, or not yet');
  await recordTrace(services, caller, { action: 'read', interaction: 'intake-list', outcome: 'success', resources: [`${REPLAY_TYPE}/${id}`] });
  const { messages, results } = parsePart(stored.body);
  return { replay: id, part: number, messages: messages.map((message, at) => ({ message, ...results[messages.length - 1 - at] })) };
}
