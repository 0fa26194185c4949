import { holdsOn } from '../catalogue/days.ts';
import { certificateHolds, isRecalled, passesRounds } from '../certificates/mark.ts';
import { reportedAt } from './anchor.ts';
import type { ScopeLevel } from './catalogue-item.ts';
import { SCOPE_LEVELS } from './catalogue-item.ts';
import type { Certificate, Mark } from './certificate.ts';
import { clockOf, dayOf, instantOf } from './district-time.ts';
import type { GateRule, RecognitionQuestion, Sentence } from './question.ts';
import { itemWords, SCOPE_WORDS } from './words.ts';

/** What keeps a certificate from counting, the nearest to counting last. */
type Fault = 'method' | 'instrument' | 'days' | 'recalled-before' | 'rounds' | 'elsewhere' | 'level' | 'recalled';
const NEARNESS: readonly Fault[] = ['method', 'instrument', 'days', 'recalled-before', 'rounds', 'elsewhere', 'level', 'recalled'];
/** It held when the result was reported, and does not count here or now. */
const CARRIED: ReadonlySet<Fault> = new Set(['elsewhere', 'level', 'recalled']);

interface Judged { readonly certificate: Certificate; readonly fault: Fault | undefined }

/**
 * The performer must have shown in external quality assessment, when the result was reported, that it measures the item well,
 * to an organiser whose word reaches the ordering institution. What lapsed before the report does not count, what lapsed
 * after it does; a recall ends new recognition from its instant on.
 */
export const qualityMarkGate: GateRule = (question, now) => {
  const [best] = judged(question, now);
  if (best?.fault === undefined && best !== undefined) return undefined;
  return sentenceOf(question, best);
};

/** The mark that the result carried when it was reported: one that counts here before one that does not. */
export function markOf(question: RecognitionQuestion, now: number): Mark | undefined {
  const carried = judged(question, now).find(({ fault }) => fault === undefined || CARRIED.has(fault))?.certificate;
  const scope = carried === undefined ? undefined : question.scopes.get(carried.scope);
  return carried === undefined || scope === undefined ? undefined : { certificate: carried.id, scope: scope.id, label: scope.label };
}

/** The performer's certificates for the item, that which comes nearest to counting first, the widest scope before others. */
function judged(question: RecognitionQuestion, now: number): readonly Judged[] {
  const { prior, certificates, scopes } = question;
  const breadth = ({ scope }: Certificate): number => SCOPE_LEVELS.indexOf(scopes.get(scope)?.level ?? 'consortium');
  return certificates
    .filter(({ organization, item }) => organization === prior.performer?.organization && item === prior.item)
    .map((certificate) => ({ certificate, fault: faultOf(certificate, question, now) }))
    .sort((a, b) => nearness(b.fault) - nearness(a.fault) || breadth(a.certificate) - breadth(b.certificate) || compare(a.certificate, b.certificate));
}

function faultOf(certificate: Certificate, question: RecognitionQuestion, now: number): Fault | undefined {
  const { order, row, scopes } = question;
  const unheld = whyNotHeld(certificate, question);
  if (unheld !== undefined) return unheld;
  const scope = scopes.get(certificate.scope);
  if (scope === undefined || !order.orderedBy.scopes.includes(scope.id)) return 'elsewhere';
  if (row !== undefined && !reaches(scope.level, row.scope)) return 'level';
  return isRecalled(certificate, new Date(now)) ? 'recalled' : undefined;
}

/** Why a certificate did not hold when the result was reported; undefined where it did. */
function whyNotHeld(certificate: Certificate, { prior, offsetMinutes }: RecognitionQuestion): Fault | undefined {
  const reported = reportedAt(prior);
  if (reported === undefined) return 'days';
  const made = { reportedAt: new Date(reported).toISOString(), method: prior.method, instrument: prior.instrument };
  if (certificateHolds(certificate, made, offsetMinutes)) return undefined;
  if (!holdsOn(certificate.valid, dayOf(reported, offsetMinutes))) return 'days';
  if (isRecalled(certificate, new Date(reported))) return 'recalled-before';
  if (!passesRounds(certificate.rounds)) return 'rounds';
  return certificateHolds({ ...certificate, instrument: undefined }, made, offsetMinutes) ? 'instrument' : 'method';
}

function reaches(level: ScopeLevel, asked: ScopeLevel): boolean {
  return SCOPE_LEVELS.indexOf(level) <= SCOPE_LEVELS.indexOf(asked);
}

function nearness(fault: Fault | undefined): number {
  return fault === undefined ? NEARNESS.length : NEARNESS.indexOf(fault);
}

/** The later one first, then by id: two processes that read them in another order must say the same. */
function compare(a: Certificate, b: Certificate): number {
  const [ends, others] = [a.valid.to ?? '9', b.valid.to ?? '9'];
  if (ends !== others) return ends > others ? -1 : 1;
  return a.id < b.id ? -1 : Number(a.id > b.id);
}

function sentenceOf(question: RecognitionQuestion, best: Judged | undefined): Sentence {
  const item = itemWords(question.row, question.order);
  if (question.prior.performer === undefined) return { zh: '检验检查机构未注明或不属本区域，无法确认质量评价', en: 'The performing institution is unknown or none of the region, so that its quality assessment cannot be known' };
  if (best?.fault === undefined) return { zh: `该机构无 ${item.zh} 的室间质评合格证明`, en: `The institution has no quality certificate for ${item.en}` };
  return FAULTS[best.fault](best.certificate, question, item);
}

type FaultSentence = (certificate: Certificate, question: RecognitionQuestion, item: Sentence) => Sentence;

const FAULTS: Readonly<Record<Fault, FaultSentence>> = {
  method: ({ method = '' }, _question, item) => ({ zh: `${item.zh} 的质评证明仅适用于方法 ${method}`, en: `The quality certificate for ${item.en} holds for the method ${method} only` }),
  instrument: ({ instrument = '' }, _question, item) => ({ zh: `${item.zh} 的质评证明仅适用于仪器 ${instrument}`, en: `The quality certificate for ${item.en} holds for the instrument ${instrument} only` }),
  days: daysSentence,
  'recalled-before': recalledSentence,
  recalled: recalledSentence,
  rounds: ({ rounds }, _question, item) => {
    const last = rounds.slice(-3).map(({ round, score }) => `${round}: ${score}`).join(', ');
    return { zh: `${item.zh} 室间质评未通过（${last}）`, en: `The quality assessment of ${item.en} was not passed (${last})` };
  },
  elsewhere: ({ scope }, { scopes }, item) => {
    const label = scopes.get(scope)?.label ?? scope;
    return { zh: `${item.zh} 的互认标识 ${label} 不适用于本机构`, en: `The mark ${label} for ${item.en} does not reach this institution` };
  },
  level: ({ scope }, { scopes, row }, item) => {
    const label = scopes.get(scope)?.label ?? scope;
    const asked = SCOPE_WORDS[row?.scope ?? 'consortium'];
    return { zh: `${item.zh} 的互认标识为 ${label}，目录要求${asked.zh}以上`, en: `The mark for ${item.en} is ${label}, the catalogue asks for a ${asked.en} one` };
  },
};

function daysSentence({ valid: { from, to } }: Certificate, { prior, offsetMinutes }: RecognitionQuestion, item: Sentence): Sentence {
  const reported = reportedAt(prior);
  if (reported === undefined) return { zh: `结果无时间，无法确认 ${item.zh} 报告时的质评证明`, en: `The result tells no time, so that the quality certificate for ${item.en} at its report cannot be known` };
  const day = dayOf(reported, offsetMinutes);
  if (to !== undefined && to < day) return { zh: `${item.zh} 的质评证明已于 ${to} 到期，结果报告于 ${day}`, en: `The quality certificate for ${item.en} lapsed on ${to}, the result was reported on ${day}` };
  return { zh: `${item.zh} 的质评证明自 ${from ?? day} 起有效，结果报告于 ${day}`, en: `The quality certificate for ${item.en} holds from ${from ?? day}, the result was reported on ${day}` };
}

function recalledSentence({ recalled }: Certificate, { offsetMinutes }: RecognitionQuestion, item: Sentence): Sentence {
  const at = instantOf(recalled?.at);
  const when = at === undefined ? '' : clockOf(at, offsetMinutes);
  return { zh: `${item.zh} 的质评证明已于 ${when} 撤销`, en: `The quality certificate for ${item.en} was recalled on ${when}` };
}
