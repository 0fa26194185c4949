import { anchorOf, endOfWindow, toldAnchor } from './anchor.ts';
import type { Assessment, FailedGate, Gate } from './assessment.ts';
import { GATES } from './assessment.ts';
import { catalogueGate, excludedGate, levelGate, timeGate, windowGate } from './gates-of-the-district.ts';
import { codeGate, conclusionGate, consentGate, identityGate, imagesGate, methodGate, statusGate, unitGate } from './gates-of-the-result.ts';
import { markOf, qualityMarkGate } from './quality-mark.ts';
import type { GateRule, RecognitionQuestion } from './question.ts';
import { specimenSiteGate } from './specimen-site.ts';

const RULES: Readonly<Record<Gate, GateRule>> = {
  identity: identityGate,
  consent: consentGate,
  conclusion: conclusionGate,
  status: statusGate,
  code: codeGate,
  'specimen-site': specimenSiteGate,
  method: methodGate,
  unit: unitGate,
  images: imagesGate,
  catalogue: catalogueGate,
  'quality-mark': qualityMarkGate,
  time: timeGate,
  window: windowGate,
  level: levelGate,
  excluded: excludedGate,
};

/** Whoever may not know that there is a result is told nothing of it, not even why it would not do. */
const HIDING: ReadonlySet<Gate> = new Set(['identity', 'consent']);

/**
 * Decides whether a prior result may stand in for an ordered item. Every gate is tried, so that the physician, the auditor and
 * the figures read the same list. Pure: the same question at the same instant has the same answer.
 *
 * @param now moment of the decision; the window includes its last instant
 * @returns never throws; `validUntil` is the end of the window alone, since the mark is that of the time of the report and no
 *   later lapse of the certificate takes it away
 * @see docs/decisions/0111-recognition-rules.md
 */
export function assessResult(question: RecognitionQuestion, now: Date): Assessment {
  const at = now.getTime();
  const failed = GATES.flatMap((gate): FailedGate[] => {
    const sentence = RULES[gate](question, at);
    return sentence === undefined ? [] : [{ gate, ...sentence }];
  });
  const anchor = anchorOf(question.prior, question.row);
  const end = endOfWindow(anchor, question.row);
  return {
    verdict: verdictOf(failed),
    failed,
    mark: markOf(question, at),
    anchor: toldAnchor(anchor),
    validUntil: end === undefined ? undefined : new Date(end).toISOString(),
  };
}

function verdictOf(failed: readonly FailedGate[]): Assessment['verdict'] {
  if (failed.length === 0) return 'recognise';
  return failed.some(({ gate }) => HIDING.has(gate)) ? 'hidden' : 'view-only';
}
