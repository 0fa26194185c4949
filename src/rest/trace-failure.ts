import type { Caller } from '../access/index.ts';
import { actionOf, recordTrace } from '../audit/index.ts';
import type { ErrorKind } from '../errors.ts';
import { isId, referenceTo } from '../fhir/resource.ts';
import { describeError } from '../http/describe-error.ts';
import { failureOf } from '../http/outcome.ts';
import type { Services } from '../services.ts';

/** What was asked for, as far as the address says. */
export interface Attempt {
  /** FHIR interaction or operation. */
  readonly interaction: string;
  /** '' where the address names none. */
  readonly type: string;
  readonly id: string;
  /** Text after the question mark. */
  readonly query: string;
}

/** A denial has its trace already; the others mean that no trace can be taken now, and nothing was disclosed. */
const WITHOUT_TRACE: ReadonlySet<ErrorKind> = new Set<ErrorKind>(['forbidden', 'unavailable', 'storage-full']);

/**
 * Runs an interaction. When it fails, the failure is durable in the trace before it is answered, so that nobody can probe
 * for what exists unseen; that somebody tried to break the glass is flagged. The error goes on as it was.
 */
export async function tracingFailure<T>(services: Services, caller: Caller, attempt: Attempt, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const { kind, status, issues } = failureOf(error, caller.requestId);
    if (!WITHOUT_TRACE.has(kind)) await trace(services, caller, attempt, `${status}: ${[...new Set(issues.map(({ code }) => code))].join(', ')}`);
    throw error;
  }
}

async function trace(services: Services, caller: Caller, { interaction, type, id, query }: Attempt, reason: string): Promise<void> {
  const isType = services.fhir.isResourceType(type);
  try {
    await recordTrace(services, caller, {
      action: actionOf(interaction),
      interaction,
      outcome: 'failed',
      reason,
      ...(isType && isId(id) ? { resources: [referenceTo({ type, id })] } : {}),
      ...(query === '' ? {} : { query: `${isType ? type : ''}?${query}` }),
      ...(caller.breakGlass === undefined ? {} : { breakGlass: caller.breakGlass }),
    });
  } catch (error) {
    services.log.error({ requestId: caller.requestId, ...describeError(error) }, 'could not trace a failed request');
  }
}
