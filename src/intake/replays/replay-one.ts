import { z } from 'zod';
import type { Actor } from '../../access/index.ts';
import type { ErrorKind } from '../../errors.ts';
import { isServiceError } from '../../errors.ts';
import type { Services } from '../../services.ts';
import type { Reason } from '../dead-letters/reason.ts';
import { reasonsOf } from '../dead-letters/reason.ts';
import { readInbox } from '../inbox.ts';
import { processMessage } from '../process-message.ts';
import { sourceOf } from '../source-of.ts';
import type { Replay, ReplayResult } from './replay.ts';

/** The fault is not the message's: all others would meet it too. */
const PASSING: ReadonlySet<ErrorKind> = new Set<ErrorKind>(['unavailable', 'storage-full', 'timeout']);
/** Reasons kept for one message; its answer has them all. */
const REASONS_KEPT = 3;

const outcomeSchema = z.object({ issue: z.array(z.object({
  severity: z.enum(['fatal', 'error', 'warning', 'information']),
  code: z.string(), diagnostics: z.string(), location: z.array(z.string()).optional(), expression: z.array(z.string()).optional(),
})) });

/**
 * Processes one message of a replay, in the name of whoever ordered that.
 *
 * @throws ServiceError 'unavailable' and its like, when the store is gone or full
 */
export async function replayOne(services: Services, replay: Replay, id: string): Promise<ReplayResult> {
  try {
    const inbox = await readInbox(services, id);
    const answer = await processMessage(services, inbox, { source: sourceOf(services, inbox.message.source), actor: actorOf(replay), interaction: 'intake-replay' });
    if (answer.refusedAs !== undefined) return { outcome: 'refused', reasons: reasonsOf(issuesOf(answer.body)).slice(0, REASONS_KEPT) };
    const { message } = await readInbox(services, id);
    return message.status === 'partial' ? { outcome: 'partial', reasons: (message.reasons ?? []).slice(0, REASONS_KEPT) } : { outcome: 'processed' };
  } catch (error) {
    if (isServiceError(error) && PASSING.has(error.kind)) throw error;
    if (!isServiceError(error)) services.log.error({ message: id, replay: replay.id, cause: error instanceof Error ? error.name : typeof error }, 'a message could not be replayed');
    return { outcome: 'failed', reasons: [failureOf(error)] };
  }
}

function failureOf(error: unknown): Reason {
  return { code: 'exception', element: '', text: isServiceError(error) ? error.message : 'A fault of the exchange; its log has more' };
}

function issuesOf(answer: string): Parameters<typeof reasonsOf>[0] {
  return outcomeSchema.parse(JSON.parse(answer)).issue.map(({ severity, code, diagnostics, location, expression }) => ({
    severity, code, diagnostics,
    ...(location?.[0] === undefined ? {} : { location: location[0] }),
    ...(expression?.[0] === undefined ? {} : { expression: expression[0] }),
  }));
}

function actorOf({ requestedBy }: Replay): Actor {
  return { role: 'operator', name: undefined, source: undefined, facility: undefined, scopes: [], purpose: 'HOPERAT', breakGlass: undefined, ...requestedBy };
}
