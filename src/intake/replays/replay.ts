import { z } from 'zod';
import { derivedId } from '../../fhir/derived-id.ts';
import type { Resource, ResourceKey } from '../../fhir/resource.ts';
import { reasonSchema } from '../dead-letters/reason.ts';
import { replayFilterSchema } from './replay-filter.ts';

/** Internal type of the record of a replay of many messages. */
export const REPLAY_TYPE = 'IntakeReplay';
/** Internal type of the record of some of its messages, and of what became of each. */
export const REPLAY_PART_TYPE = 'IntakeReplayPart';
/** Messages of one part. */
export const PART_SIZE = 200;

/** `failed`: it could not be processed at all, for one whose body is gone or damaged. */
export const OUTCOMES = ['processed', 'partial', 'refused', 'failed'] as const;
export type Outcome = (typeof OUTCOMES)[number];

const replaySchema = z.object({
  id: z.string(),
  filter: replayFilterSchema,
  /** Instant; later messages are no part of it. */
  before: z.string(),
  perSecond: z.number(),
  requestedBy: z.object({ subject: z.string(), requestId: z.string(), address: z.string() }),
  createdAt: z.string(),
  state: z.enum(['waiting', 'running', 'done', 'cancelled']),
  /** Of the gateway that works on it, a name for as long as that runs; and when it was last heard of. */
  worker: z.string().optional(),
  beatAt: z.string().optional(),
  startedAt: z.string().optional(),
  finishedAt: z.string().optional(),
  /** How many messages it has, as far as they are collected. */
  total: z.number(),
  /** Parts collected, the messages received last in the first; where the search goes on; absent when all are collected. */
  parts: z.number(),
  collectAfter: z.string().optional(),
  isCollected: z.boolean(),
  /** The part that is worked on: from the last, whose messages were received first, down to 0. */
  part: z.number(),
  /** Messages done, by what became of them. */
  done: z.object({ processed: z.number(), partial: z.number(), refused: z.number(), failed: z.number() }),
});

/** A replay of many messages: what is to be done, for whom, and how far it is. */
export type Replay = Readonly<z.infer<typeof replaySchema>>;

const resultSchema = z.object({
  outcome: z.enum(OUTCOMES),
  /** Why, where it was refused or failed. */
  reasons: z.array(reasonSchema).optional(),
});
export type ReplayResult = Readonly<z.infer<typeof resultSchema>>;

const partSchema = z.object({
  replay: z.string(),
  part: z.number(),
  /** Ids in the inbox, received last first; they are done from the end. */
  messages: z.array(z.string()),
  /** Of the messages done, in the order in which they were done. */
  results: z.array(resultSchema),
});
export type ReplayPart = Readonly<z.infer<typeof partSchema>>;

export function replayResource(replay: Replay): Resource & { readonly id: string } {
  return { resourceType: REPLAY_TYPE, ...replay };
}

/** @param body a stored IntakeReplay, JSON text */
export function parseReplay(body: string): Replay {
  return replaySchema.parse(JSON.parse(body));
}

export function partKey(replay: string, part: number): ResourceKey {
  return { type: REPLAY_PART_TYPE, id: derivedId(REPLAY_PART_TYPE, replay, part) };
}

export function partResource(part: ReplayPart): Resource & { readonly id: string } {
  return { resourceType: REPLAY_PART_TYPE, id: partKey(part.replay, part.part).id, ...part };
}

/** @param body a stored IntakeReplayPart, JSON text */
export function parsePart(body: string): ReplayPart {
  return partSchema.parse(JSON.parse(body));
}
