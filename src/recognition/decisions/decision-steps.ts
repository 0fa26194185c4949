import type { BasisChange, DecisionRecord, DecisionState, DecisionStep, RetestReason } from './decision-record.ts';
import type { Presentation } from './presentation.ts';

/** Who acts, and when; instant. */
export interface Act { readonly by: string; readonly name?: string | undefined; readonly at: string }

/** What a physician says of a presented result. */
export interface AnswerSaid {
  readonly outcome: 'accepted' | 'declined';
  readonly reason?: RetestReason | undefined;
  readonly text?: string | undefined;
  readonly isPatientInformed?: boolean | undefined;
}

/** `changed`: to be stored. `unchanged`: it is so already. `refused`: with the sentence for whoever asks, and the element at fault. */
export type StepOutcome =
  | { readonly kind: 'changed' | 'unchanged'; readonly record: DecisionRecord }
  | { readonly kind: 'refused'; readonly because: 'state' | 'content'; readonly element: string; readonly sentence: string };

const ANSWERABLE: ReadonlySet<DecisionState> = new Set<DecisionState>(['presented', 'expired', 'reopened']);
/** What is asked about, or rests on, a result. */
const RESTING: ReadonlySet<DecisionState> = new Set<DecisionState>(['presented', 'accepted', 'reopened']);
const PRESENTABLE: ReadonlySet<DecisionState> = new Set<DecisionState>(['candidate', 'presented', 'expired', 'reopened']);

/** How many characters of words count as a reason. */
export const SHORTEST_TEXT = 2;

/**
 * Shows the result to a physician, for the first time or again. Shown again, it is the same decision: what was answered stays
 * answered; what was not gets the facts of today and a new term.
 *
 * @param expiresAt instant at which an unanswered one expires
 */
export function present(record: DecisionRecord, shown: Presentation, act: Act, expiresAt: string): StepOutcome {
  if (!PRESENTABLE.has(record.state)) return { kind: 'unchanged', record };
  const facts = factsOf(shown);
  if (record.state === 'presented' && sameFacts(record, facts)) return { kind: 'unchanged', record };
  return { kind: 'changed', record: stepped({ ...record, ...facts, expiresAt }, 'presented', act) };
}

/**
 * Takes a physician's answer.
 *
 * The same answer again changes nothing, but that the patient was informed can be added. A contradicting one is refused: what was
 * accepted is taken back by `reverse`, with its reason.
 */
export function answer(record: DecisionRecord, said: AnswerSaid, act: Act): StepOutcome {
  const fault = faultOf(record, said);
  if (fault !== undefined) return fault;
  if (!ANSWERABLE.has(record.state)) return repeated(record, said, act);
  const isLate = record.state === 'expired' || (record.state === 'presented' && Date.parse(act.at) > Date.parse(record.expiresAt));
  return { kind: 'changed', record: stepped(record, said.outcome, act, { ...wordsOf(said, act), ...(isLate ? { isLate } : {}) }) };
}

/** Takes an acceptance back, also one that was re-opened. @param text why, in words */
export function reverse(record: DecisionRecord, text: string, act: Act): StepOutcome {
  const reason = text.trim();
  if (reason.length < SHORTEST_TEXT) return refused('content', 'reason', 'A reversal needs its reason in words');
  if (record.state === 'reversed' && record.steps.at(-1)?.text === reason) return { kind: 'unchanged', record };
  const wasAccepted = record.state === 'accepted' || (record.state === 'reopened' && lastAnswerOf(record)?.to === 'accepted');
  if (!wasAccepted) return refused('state', 'decision', `Only what was accepted can be reversed; this decision is ${record.state}`);
  return { kind: 'changed', record: stepped(record, 'reversed', act, { text: reason }) };
}

/** Ends the wait for an answer. */
export function expire(record: DecisionRecord, act: Act): StepOutcome {
  if (record.state !== 'presented' || Date.parse(act.at) < Date.parse(record.expiresAt)) return { kind: 'unchanged', record };
  return { kind: 'changed', record: stepped(record, 'expired', act) };
}

/**
 * Asks anew because of what has changed. What was known to have changed already, or is nobody's concern any more, changes nothing.
 */
export function reopen(record: DecisionRecord, changes: readonly BasisChange[], act: Act): StepOutcome {
  const known = new Set(record.steps.flatMap((step) => step.changes ?? []).map(keyOf));
  const news = changes.filter((change) => !known.has(keyOf(change)));
  if (!RESTING.has(record.state) || news.length === 0) return { kind: 'unchanged', record };
  return { kind: 'changed', record: stepped(record, 'reopened', act, { changes: news }) };
}

/** Notes that a physician opened it. */
export function view(record: DecisionRecord, at: string): StepOutcome {
  return record.viewedAt === undefined ? { kind: 'changed', record: { ...record, viewedAt: at } } : { kind: 'unchanged', record };
}

/** The last answer of a physician, whatever came after it. */
export function lastAnswerOf({ steps }: Pick<DecisionRecord, 'steps'>): DecisionStep | undefined {
  return steps.findLast(({ to }) => to === 'accepted' || to === 'declined');
}

function faultOf(record: DecisionRecord, { outcome, reason, text }: AnswerSaid): StepOutcome | undefined {
  const words = text?.trim() ?? '';
  if (outcome === 'accepted') {
    if (record.verdict !== 'recognise') return refused('state', 'outcome', `This result is only shown and cannot be recognised: ${record.failed.join(', ')}`);
    return reason === undefined ? undefined : refused('content', 'reason', 'A reason belongs to a declined recognition; what is accepted has none');
  }
  if (reason === undefined && record.verdict === 'recognise') return refused('content', 'reason', 'Who declines names one of the six lawful reasons, 1 to 6');
  return reason === '6' && words.length < SHORTEST_TEXT ? refused('content', 'text', 'Reason 6 needs words: why must the test be repeated?') : undefined;
}

/** An answer to what is answered already. */
function repeated(record: DecisionRecord, said: AnswerSaid, act: Act): StepOutcome {
  const last = record.steps.findLast(({ to }) => to === record.state);
  if (record.state !== said.outcome || last === undefined) return refused('state', 'outcome', contradiction(record.state));
  const words = said.text?.trim() ?? '';
  const isSame = last.reason === said.reason && (words === '' || last.text === words);
  if (!isSame) return refused('state', said.reason === last.reason ? 'text' : 'reason', contradiction(record.state));
  if (said.isPatientInformed === undefined || said.isPatientInformed === last.isPatientInformed) return { kind: 'unchanged', record };
  if (last.isPatientInformed === true) return refused('state', 'isPatientInformed', 'That the patient was informed is recorded already');
  const { reason, text, isLate } = last;
  const kept = { ...(reason === undefined ? {} : { reason }), ...(text === undefined ? {} : { text }), ...(isLate === undefined ? {} : { isLate }) };
  return { kind: 'changed', record: stepped(record, record.state, act, { ...kept, isPatientInformed: said.isPatientInformed, informedAt: act.at }) };
}

function contradiction(state: DecisionState): string {
  const way = state === 'accepted' ? '; an acceptance is taken back by a reversal with its reason' : '';
  return `The decision is ${state} already, and another answer contradicts that${way}`;
}

function wordsOf({ reason, text, isPatientInformed }: AnswerSaid, { at }: Act): Partial<DecisionStep> {
  const words = text?.trim() ?? '';
  return {
    ...(reason === undefined ? {} : { reason }),
    ...(words === '' ? {} : { text: words }),
    ...(isPatientInformed === undefined ? {} : { isPatientInformed, informedAt: at }),
  };
}

function stepped(record: DecisionRecord, to: DecisionState, { by, name, at }: Act, said: Partial<DecisionStep> = {}): DecisionRecord {
  return { ...record, state: to, steps: [...record.steps, { to, at, by, ...(name === undefined ? {} : { name }), ...said }] };
}

function refused(because: 'state' | 'content', element: string, sentence: string): StepOutcome {
  return { kind: 'refused', because, element, sentence };
}

function keyOf({ reference, version, kind }: BasisChange): string {
  return `${kind} ${reference} ${version}`;
}

type Facts = Pick<DecisionRecord, 'prior' | 'verdict' | 'failed' | 'mark' | 'anchor' | 'validUntil' | 'price' | 'members' | 'coversOrder'>;

/** What a presentation says that may be another the next time. @throws TypeError for a hidden result, which nobody may be shown */
export function factsOf({ prior, assessment, price, members = [], coversOrder }: Presentation): Facts {
  const { verdict, failed, mark, anchor, validUntil } = assessment;
  if (verdict === 'hidden') throw new TypeError('A hidden result was about to be presented');
  return { prior, verdict, failed: failed.map(({ gate }) => gate), mark, anchor, validUntil, price, members, coversOrder };
}

function sameFacts(record: DecisionRecord, facts: Facts): boolean {
  const of = ({ prior, verdict, failed, mark, members, coversOrder }: Facts): string =>
    JSON.stringify([prior.report?.reference, prior.report?.version, prior.results.map(({ reference, version }) => [reference, version]), verdict, failed, mark?.certificate, members, coversOrder]);
  return of(record) === of(facts);
}
