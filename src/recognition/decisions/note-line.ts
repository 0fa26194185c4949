import type { DecisionRecord } from './decision-record.ts';
import { lastAnswerOf } from './decision-steps.ts';
import { reasonOf } from './retest-reasons.ts';

/**
 * The line for the medical record: a result of another institution that was recognised is noted there, and so is why a test is
 * repeated (国卫医发〔2022〕6号). The system of the institution takes it over.
 *
 * @returns undefined while nothing has been decided
 */
export function noteLine(record: DecisionRecord): string | undefined {
  const { state, name, prior, mark, anchor } = record;
  const answer = lastAnswerOf(record);
  if (answer === undefined) return undefined;
  const result = prior.text ?? name.zh;
  const source = [anchor?.at.slice(0, 10), prior.performerName ?? prior.performer, mark?.label].filter((word) => word !== undefined && word !== '').join(' ');
  const by = answer.name ?? answer.by;
  if (state === 'reversed') return `撤销互认：${result}（${source}），${by}，原因：${record.steps.at(-1)?.text ?? ''}`;
  const pending = state === 'reopened' ? '【所用结果已变更，待重新确认】' : '';
  if (answer.to === 'accepted') return `${pending}互认外院结果：${result}（${source}），${by}，${answer.at}`;
  const reason = answer.reason === undefined ? '' : `原因${answer.reason}：${reasonOf(answer.reason).zh}`;
  const informed = answer.isPatientInformed === undefined ? '' : answer.isPatientInformed ? '，已告知患者' : '，未告知患者';
  return `${pending}未互认外院结果，复查：${name.zh}（${source}），${[reason, answer.text].filter((word) => word !== undefined && word !== '').join('，')}${informed}，${by}，${answer.at}`;
}
