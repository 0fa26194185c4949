import type { Segment } from './segment.ts';

/** When an acknowledgement is due (table 0155): always, never, on error or reject, on success. */
export type AcknowledgementCondition = 'AL' | 'NE' | 'ER' | 'SU';

export interface AcknowledgementMode {
  /** CA, CE, CR: that the message is kept, or why not. */
  readonly commit: AcknowledgementCondition;
  /** AA, AE, AR: what became of it. */
  readonly application: AcknowledgementCondition;
}

const CONDITIONS: readonly string[] = ['AL', 'NE', 'ER', 'SU'] satisfies AcknowledgementCondition[];

/**
 * Which acknowledgements the sender of a message asks for. Without MSH-15 and MSH-16 it is the original mode: one, of the
 * application. As soon as one of them is there, the other one's absence means that none is wanted. A condition that is
 * not known is answered always, as too little would stop the sender.
 *
 * @see HL7 v2.9 chapter 2.9.2 "Message response using the original processing rules" and 2.9.3 "enhanced"
 */
export function acknowledgementMode(header: Segment | undefined): AcknowledgementMode {
  const commit = header?.text(15) ?? '';
  const application = header?.text(16) ?? '';
  if (commit === '' && application === '') return { commit: 'NE', application: 'AL' };
  return { commit: conditionOf(commit), application: conditionOf(application) };
}

/** @param succeeded the message is kept (of a commit acknowledgement), or was processed (of an application's) */
export function isAcknowledgementDue(condition: AcknowledgementCondition, succeeded: boolean): boolean {
  return condition === 'AL' || condition === (succeeded ? 'SU' : 'ER');
}

function conditionOf(text: string): AcknowledgementCondition {
  if (text === '') return 'NE';
  return isCondition(text) ? text : 'AL';
}

function isCondition(text: string): text is AcknowledgementCondition {
  return CONDITIONS.includes(text);
}
