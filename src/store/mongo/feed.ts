import type { mongo } from 'mongoose';
import { ServiceError } from '../../errors.ts';
import type { FeedPage, FeedQuery, Stored } from '../store.ts';
import { storedOf } from './documents.ts';
import type { Collections, GroupDocument } from './documents.ts';
import { inTransaction } from './transaction.ts';

const GROUPS_AT_ONCE = 200;

/** After the entry with this tick in the group with this place. */
interface Position { readonly seq: number; readonly tick: number }

/**
 * Transactions overlap, so their ticks do not say which was committed first, and a change stream forgets what is older than the
 * oplog. Therefore whoever reads the feed first gives each new group its place, once, behind all that have one: an entry that
 * was seen never moves and none appears before it.
 */
export async function feed(collections: Collections, query: FeedQuery): Promise<FeedPage> {
  let position = query.after === undefined ? { seq: 0, tick: 0 } : readPosition(query.after);
  await placeNewGroups(collections);
  const items: Stored[] = [];
  while (items.length < query.limit) {
    const groups = await collections.groups.find({ seq: { $gte: position.seq } }).sort({ seq: 1 }).limit(GROUPS_AT_ONCE).batchSize(GROUPS_AT_ONCE).toArray();
    const run = ascendingRun(groups, position);
    const last = run.at(-1);
    if (last === undefined) break;
    const found = await versionsOf(collections, run, { ...query, limit: query.limit - items.length });
    items.push(...found.map((document) => storedOf(document)));
    const lastTick = found.at(-1)?.tick;
    const isFull = items.length >= query.limit && lastTick !== undefined;
    position = isFull ? { seq: groupOf(run, lastTick).seq, tick: lastTick } : { seq: last.seq, tick: last.last };
  }
  return { items, position: `${position.seq}.${position.tick}` };
}

interface Run { readonly seq: number; readonly from: number; readonly last: number }

/** The groups behind the position, up to where their ticks stop rising with their places: in there, order of tick is order of place. */
function ascendingRun(groups: readonly GroupDocument[], position: Position): Run[] {
  const run: Run[] = [];
  for (const { _id, last, seq = 0 } of groups) {
    const from = seq === position.seq ? position.tick + 1 : _id;
    if (from > last) continue;
    if (from <= (run.at(-1)?.last ?? 0)) break;
    run.push({ seq, from, last });
  }
  return run;
}

async function versionsOf({ versions }: Collections, run: readonly Run[], { types, changed = [], limit }: FeedQuery) {
  const ranges = run.map(({ from, last }) => ({ tick: { $gte: from, $lte: last } }));
  const kinds = types === undefined ? [] : [{ $or: [{ type: { $in: [...types] } }, ...(changed.length === 0 ? [] : [{ type: { $in: [...changed] }, version: { $gt: 1 } }])] }];
  return versions.find({ $and: [{ $or: ranges }, ...kinds] }).sort({ tick: 1 }).limit(limit).toArray();
}

function groupOf(run: readonly Run[], tick: number): Run {
  const group = run.find(({ from, last }) => from <= tick && tick <= last);
  if (group === undefined) throw new Error('A version of the feed belongs to none of the groups that were asked for');
  return group;
}

/**
 * In one transaction, so that two readers never give the same place: the second meets a write conflict and finds the work done.
 * The snapshot holds everything that was committed before anything it holds, and ticks follow what a commit had seen, so order
 * of tick within one round keeps cause before effect.
 */
async function placeNewGroups(collections: Collections): Promise<void> {
  const { client, groups, counters } = collections;
  while (await groups.findOne({ pending: true }, { projection: { _id: 1 } }) !== null) {
    await inTransaction(client, async (session: mongo.ClientSession) => {
      const counter = await counters.findOneAndUpdate({ _id: 'feed' }, { $inc: { value: 0 } }, { session, returnDocument: 'after' });
      const found = await groups.find({ pending: true }, { session, projection: { _id: 1 } }).sort({ _id: 1 }).toArray();
      if (found.length === 0) return;
      const first = (counter?.value ?? 0) + 1;
      await groups.bulkWrite(found.map(({ _id }, i) => ({ updateOne: { filter: { _id }, update: { $set: { seq: first + i }, $unset: { pending: '' } } } })), { session });
      await counters.updateOne({ _id: 'feed' }, { $inc: { value: found.length } }, { session });
    });
  }
}

function readPosition(text: string): Position {
  const parts = /^(\d{1,15})\.(\d{1,16})$/.exec(text);
  if (parts === null) throw new ServiceError('malformed', 'The position in the feed is not one that the store gave');
  return { seq: Number(parts[1]), tick: Number(parts[2]) };
}
