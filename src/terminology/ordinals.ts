import type { JsonObject } from '../fhir/resource.ts';
import { ORDINAL_SYSTEM } from './systems.ts';

const INTERPRETATION = 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation';

/**
 * Steps of a result in words, and the interpretation of HL7 that says the same where there is one: none does for what is
 * weakly positive. A grade says more than positive, and is not another laboratory's grade: strips differ.
 */
const ORDINALS = {
  negative: ['阴性', 'NEG'],
  indeterminate: ['可疑', 'IND'],
  'weak-positive': ['弱阳性', undefined],
  positive: ['阳性', 'POS'],
  '1+': ['1+', 'POS'], '2+': ['2+', 'POS'], '3+': ['3+', 'POS'], '4+': ['4+', 'POS'],
  'not-detected': ['未检出', 'ND'],
  detected: ['检出', 'DET'],
  'non-reactive': ['无反应性', 'NR'],
  reactive: ['有反应性', 'RR'],
} as const;
export type Ordinal = keyof typeof ORDINALS;

/**
 * How laboratories write them, folded: without white space, half width, lower case. What has a second meaning is left out: a lone
 * hyphen is also no result, ND not done, NR not reported.
 */
const SPELLINGS: Readonly<Record<Ordinal, readonly string[]>> = {
  negative: ['阴性', '阴', '(-)', '阴性(-)', '阴性-', '(-)阴性', '-阴性', 'neg', 'neg.', 'negative', 'neg(-)', 'negative(-)'],
  indeterminate: ['±', '(±)', '+-', '(+-)', '+/-', '(+/-)', '可疑', '可疑阳性', '可疑(±)', '待定', 'trace', 'equivocal', 'indeterminate', 'borderline'],
  'weak-positive': ['弱阳性', '弱阳', '弱阳性(±)', '弱阳性(+-)', '弱阳性(+)', '弱+', '弱(+)', 'weakpositive', 'weaklypositive'],
  positive: ['阳性', '阳', '+', '(+)', '阳性(+)', '阳性+', '(+)阳性', '+阳性', 'pos', 'pos.', 'positive', 'pos(+)', 'positive(+)'],
  '1+': ['1+', '+1', '(1+)', '(+1)', '阳性(1+)', '阳性1+'],
  '2+': ['2+', '+2', '++', '(2+)', '(+2)', '(++)', '阳性(++)', '阳性(2+)', '阳性2+', '阳性++'],
  '3+': ['3+', '+3', '+++', '(3+)', '(+3)', '(+++)', '阳性(+++)', '阳性(3+)', '阳性3+', '阳性+++'],
  '4+': ['4+', '+4', '++++', '(4+)', '(+4)', '(++++)', '阳性(++++)', '阳性(4+)', '阳性4+', '阳性++++'],
  'not-detected': ['未检出', '未检测到', '未发现', '未见', 'notdetected', '低于检测下限', '低于检出限'],
  detected: ['检出', '检测到', '已检出', 'detected'],
  'non-reactive': ['无反应性', '非反应性', '无反应', 'nonreactive', 'non-reactive'],
  reactive: ['有反应性', '反应性', '有反应', 'reactive'],
};

const MOST_CHARACTERS = 30;
const BY_SPELLING: ReadonlyMap<string, Ordinal> = new Map((Object.keys(SPELLINGS) as Ordinal[]).flatMap((ordinal) => SPELLINGS[ordinal].map((spelling) => [spelling, ordinal] as const)));
const CODINGS: ReadonlyMap<Ordinal, readonly JsonObject[]> = new Map((Object.keys(ORDINALS) as Ordinal[]).map((ordinal) => {
  const [display, interpretation] = ORDINALS[ordinal];
  return [ordinal, [{ system: ORDINAL_SYSTEM, code: ordinal, display }, ...(interpretation === undefined ? [] : [{ system: INTERPRETATION, code: interpretation }])]];
}));

/** What a result in words says; undefined for words that are no step of a scale. */
export function ordinalOf(words: string): Ordinal | undefined {
  if (words === '' || words.length > MOST_CHARACTERS) return undefined;
  return BY_SPELLING.get(words.normalize('NFKC').replace(/\s+/gu, '').replace(/[−–—﹣]/gu, '-').toLowerCase());
}

/** Codings of an ordinal: the exchange's own, and the interpretation of HL7. */
export function codingsOf(ordinal: Ordinal): readonly JsonObject[] {
  return CODINGS.get(ordinal) ?? [];
}
