import { z } from 'zod';
import type { Caller } from '../../access/index.ts';
import { isServiceError, ServiceError } from '../../errors.ts';
import type { Issue } from '../../fhir/outcome.ts';
import type { Services } from '../../services.ts';
import { answerDecision, RETEST_REASON_SYSTEM, RETEST_REASONS } from '../decisions/index.ts';

/** Extension of one feedback: who answered, and whether the patient was told why the test is repeated. */
export const FEEDBACK_EXTENSION = 'https://bund.example/cds-hooks/feedback';

const MOST_FEEDBACK = 50;
const MOST_TEXT = 1_000;
const reason = z.looseObject({ code: z.enum(RETEST_REASONS, 'must be one of the six lawful reasons, 1 to 6'), system: z.literal(RETEST_REASON_SYSTEM, `must be ${RETEST_REASON_SYSTEM}`) });
const extension = z.looseObject({
  [FEEDBACK_EXTENSION]: z.strictObject({
    userId: z.string().regex(/^(Practitioner|PractitionerRole)\/[A-Za-z0-9\-.]{1,64}$/, 'must be a reference such as Practitioner/abc').optional(),
    patientInformed: z.boolean().optional(),
  }).optional(),
});
const entry = z.looseObject({
  card: z.guid('must be the uuid of a card'),
  outcome: z.enum(['accepted', 'overridden'], 'must be accepted or overridden'),
  acceptedSuggestions: z.array(z.looseObject({ id: z.guid('must be the uuid of a suggestion') })).optional(),
  overrideReason: z.looseObject({ reason: reason.optional(), userComment: z.string().max(MOST_TEXT).optional() }).optional(),
  outcomeTimestamp: z.iso.datetime({ offset: true, error: 'must be an instant such as 2026-03-01T08:00:00Z' }),
  extension: extension.optional(),
});
const feedbackSchema = z.looseObject({ feedback: z.array(entry).min(1).max(MOST_FEEDBACK) });
type Feedback = z.infer<typeof entry>;

/**
 * Takes what physicians did with cards, each as the decision that it is. Those that can be taken are, also beside one that cannot.
 *
 * @throws ServiceError 'malformed' for a body that cannot be read, before anything is taken; else as the first that was refused,
 *   naming each element at fault. The same feedback may be sent again: what was taken changes nothing
 * @see https://cds-hooks.hl7.org/2.0/#feedback
 */
export async function takeFeedback(services: Services, client: Caller, body: unknown): Promise<void> {
  const parsed = feedbackSchema.safeParse(body);
  if (!parsed.success) throw malformed(parsed.error);
  const refused: ServiceError[] = [];
  const issues: Issue[] = [];
  for (const [at, one] of parsed.data.feedback.entries()) {
    try {
      await takeOne(services, client, one);
    } catch (error) {
      if (!isServiceError(error) || !REFUSALS.has(error.kind)) throw error;
      refused.push(error);
      issues.push(...placed(error, `feedback[${at}]`));
    }
  }
  const [first] = refused;
  if (first !== undefined) throw new ServiceError(first.kind === 'invalid' ? 'malformed' : first.kind, first.message, issues, { cause: first });
}

/** What is the fault of one feedback; anything else ends the request. */
const REFUSALS: ReadonlySet<string> = new Set(['not-found', 'forbidden', 'invalid', 'conflict']);

async function takeOne(services: Services, client: Caller, { card, outcome, overrideReason, outcomeTimestamp, extension: extensions }: Feedback): Promise<void> {
  const { userId, patientInformed } = extensions?.[FEEDBACK_EXTENSION] ?? {};
  const caller = client.source === undefined || userId === undefined ? client : { ...client, subject: userId };
  await answerDecision(services, caller, {
    decision: card.toLowerCase(), outcome: outcome === 'accepted' ? 'accepted' : 'declined',
    ...(outcome === 'accepted' ? {} : { reason: overrideReason?.reason?.code, text: overrideReason?.userComment }),
    isPatientInformed: patientInformed, at: outcomeTimestamp,
  });
}

/** Elements of an answer as the feedback calls them. */
const ELEMENTS: ReadonlyMap<string, string> = new Map([
  ['reason', 'overrideReason.reason'], ['text', 'overrideReason.userComment'], ['outcome', 'outcome'], ['at', 'outcomeTimestamp'],
  ['isPatientInformed', `extension['${FEEDBACK_EXTENSION}'].patientInformed`], ['decision', 'card'],
]);

function placed(error: ServiceError, path: string): readonly Issue[] {
  if (error.issues.length === 0) return [{ severity: 'error', code: error.kind === 'not-found' ? 'not-found' : error.kind === 'forbidden' ? 'forbidden' : 'processing', diagnostics: `${path}.card: ${error.message}`, expression: `${path}.card` }];
  return error.issues.map((issue) => {
    const element = `${path}.${ELEMENTS.get(issue.expression ?? '') ?? 'card'}`;
    return { ...issue, diagnostics: `${element}: ${issue.diagnostics}`, expression: element };
  });
}

function malformed(error: z.ZodError): ServiceError {
  return new ServiceError('malformed', 'The feedback cannot be read', error.issues.map((issue) => {
    const path = issue.path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('').replace(/^\./, '') || '$this';
    return { severity: 'error', code: 'invalid', diagnostics: `${path}: ${issue.message}`, expression: path };
  }));
}
