import { z } from 'zod';
import { ServiceError } from '../../errors.ts';
import { isId } from '../../fhir/resource.ts';
import type { Clause } from '../../fhir/search/query.ts';

/** Of `ids`; whoever means more names what they have in common. */
const MAX_IDS = 1_000;

/** Statuses of messages that were answered. What is still being worked on is nothing to repeat. */
export const REPLAYABLE = ['processed', 'partial', 'refused'] as const;

const id = z.string().refine(isId, 'must be 1 to 64 letters, digits, hyphens and dots');
const instant = z.iso.datetime({ offset: true, error: 'must be an instant such as 2026-03-01T08:00:00+08:00' });

export const replayFilterSchema = z.strictObject({
  status: z.enum(REPLAYABLE).optional(),
  source: id.optional(),
  /** Of the list of dead letters. */
  reason: id.optional(),
  /** Of the list of unmapped codes and units. */
  unmapped: z.string().min(1).max(1_000).optional(),
  /** Received at this instant or later. */
  from: instant.optional(),
  /** Received at this instant or earlier. */
  to: instant.optional(),
  /** In the inbox. */
  ids: z.array(id).min(1).max(MAX_IDS).optional(),
  /** Everything: nobody replays that by forgetting to name something. */
  all: z.literal(true).optional(),
});

/** Which messages are to be processed once more: those for which all of it holds. */
export type ReplayFilter = Readonly<z.infer<typeof replayFilterSchema>>;

const requestSchema = z.strictObject({ filter: replayFilterSchema });

/** @throws ServiceError 'malformed' that names what is wrong with the request of a replay */
export function parseReplayRequest(body: Buffer): ReplayFilter {
  let json: unknown;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw new ServiceError('malformed', 'The body must be JSON: {"filter": {…}}', [], { cause: error });
  }
  const parsed = requestSchema.safeParse(json);
  if (!parsed.success) throw new ServiceError('malformed', parsed.error.issues.map((issue) => `${issue.path.map(String).join('.') || 'The request'}: ${issue.message}`).slice(0, 10).join('; '));
  const { filter } = parsed.data;
  if (Object.values(filter).every((value) => value === undefined)) throw new ServiceError('malformed', 'filter: must name a status, source, reason, unmapped, from, to or ids, or say all: true');
  return filter;
}

/**
 * The messages of a filter, as a search for SourceMessage.
 *
 * @param before instant: what is received in a later second is no part of the replay
 */
export function replayClauses({ status, source, reason, unmapped, from, to, ids }: ReplayFilter, before: string): Clause[] {
  const ofSource = source === undefined ? {} : { system: source };
  const last = Math.min(Date.parse(to ?? before), Date.parse(before));
  return [
    ...(ids === undefined ? [] : [{ kind: 'id', anyOf: ids } as const]),
    ...(reason === undefined ? [] : [{ kind: 'token', param: 'reason', anyOf: [{ ...ofSource, code: reason }] } as const]),
    ...(unmapped === undefined ? [] : [{ kind: 'token', param: 'unmapped', anyOf: [{ code: unmapped }] } as const]),
    { kind: 'token', param: 'status', anyOf: (status === undefined ? REPLAYABLE : [status]).map((code) => ({ ...ofSource, code })) },
    { kind: 'date', param: 'received', anyOf: [{ prefix: 'ap', low: from === undefined ? 0 : Date.parse(from), high: last }] },
  ];
}
