import { z } from 'zod';
import { isServiceError } from '../../errors.ts';
import type { AcknowledgedError, Segment, V2Answer } from '../../normalize/index.ts';
import { acknowledge, acknowledgementMode, isAcknowledgementDue } from '../../normalize/index.ts';
import type { Services } from '../../services.ts';
import type { Answer } from '../inbox.ts';

const outcomeSchema = z.object({ issue: z.array(z.object({ severity: z.string(), code: z.string(), diagnostics: z.string().optional(), location: z.array(z.string()).optional() })) });

/** Faults told in one acknowledgement. */
const MAX_ERRORS = 100;

/**
 * What became of a message in the words of HL7 v2: accepted, in error (mend it and send it again), or rejected (not of a kind
 * that is taken in, or not now).
 */
export function v2AnswerOf({ refusedAs, body }: Answer): V2Answer {
  if (refusedAs === undefined) return { code: 'AA' };
  const { issue } = outcomeSchema.parse(JSON.parse(body));
  const errors = issue.slice(0, MAX_ERRORS).map(({ severity, code, diagnostics = '', location }): AcknowledgedError => ({
    issueCode: code, severity: severity === 'warning' ? 'W' : severity === 'information' ? 'I' : 'E', text: diagnostics, ...(location?.[0] === undefined ? {} : { location: location[0] }),
  }));
  const isForeign = errors.some(({ issueCode, location }) => issueCode === 'not-supported' && location?.startsWith('MSH') === true);
  return { code: refusedAs === 'invalid' && !isForeign ? 'AE' : 'AR', errors };
}

/** Of a message that could not be taken in, or is taken in and not processed yet: its sender sends it again. */
export function v2AnswerOfError(error: unknown): V2Answer {
  const text = isServiceError(error) ? error.message : 'The message could not be processed through a fault of the exchange';
  const issueCode = isServiceError(error, 'forbidden') ? 'forbidden' : isServiceError(error, 'not-found') ? 'not-found' : isServiceError(error, 'unavailable') ? 'transient' : 'exception';
  return { code: 'AR', errors: [{ issueCode, severity: 'E', text }] };
}

const COMMIT_CODES = { AA: 'CA', AE: 'CE', AR: 'CR', CA: 'CA', CE: 'CE', CR: 'CR' } as const;

/**
 * The acknowledgement that the sender asks for, as bytes; undefined where it wants none. A message is answered once: in
 * enhanced mode by the commit acknowledgement where that is due, which comes after the processing and tells its outcome.
 *
 * @see docs/decisions/0090-hl7v2.md
 */
export function acknowledgementOf(services: Pick<Services, 'clock' | 'newId'>, header: Segment | undefined, answer: V2Answer, offset: string): Buffer | undefined {
  const { commit, application } = acknowledgementMode(header);
  const succeeded = answer.code === 'AA';
  const isCommit = isAcknowledgementDue(commit, succeeded);
  if (!isCommit && !isAcknowledgementDue(application, succeeded)) return undefined;
  return writeAcknowledgement(services, header, isCommit ? { ...answer, code: COMMIT_CODES[answer.code] } : answer, offset);
}

/** The acknowledgement, whether it is asked for or not. What is given back of the header are its very bytes. */
export function writeAcknowledgement({ clock, newId }: Pick<Services, 'clock' | 'newId'>, header: Segment | undefined, answer: V2Answer, offset: string): Buffer {
  return Buffer.from(acknowledge(header, answer, { controlId: newId(), now: clock(), offset }), 'latin1');
}
