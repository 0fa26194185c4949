import { foldText } from '../../fhir/search/fold.ts';
import type { GateRule } from './question.ts';
import { itemWords, told } from './words.ts';

/** Which statuses a result, and the report in which it stands, may have. */
const COMPLETE: readonly string[] = ['final', 'amended', 'corrected'];

export const identityGate: GateRule = ({ prior }) => {
  if (prior.grade === 'certain') return undefined;
  return { zh: `该记录与患者的身份匹配仅为“${prior.grade}”，不确定为同一人`, en: `The record is only ${prior.grade === 'not' ? 'that of another person' : `${prior.grade}ly that of this person`}` };
};

/** Nothing confidential is told to an institution that did not report it itself, whatever the person consented to. */
export const consentGate: GateRule = ({ order, prior, row, consent }) => {
  if (consent === 'refused') return { zh: '患者不同意该机构查阅此结果', en: 'The person does not let this institution see the result' };
  if (row?.isConfidential !== true || prior.performer?.organization === order.orderedBy.organization) return undefined;
  return { zh: `${row.zh}属保密项目，不向其他机构提供`, en: `${row.en} is confidential and told to no other institution` };
};

export const conclusionGate: GateRule = ({ prior }) => {
  if (prior.kind === 'result') return undefined;
  return { zh: '此为医师出具的诊断结论，仅供参考，不属互认范围', en: 'This is the conclusion of a physician: it is shown as theirs and never recognised' };
};

export const statusGate: GateRule = ({ prior }) => {
  const open = prior.statuses.find((status) => !COMPLETE.includes(status));
  if (open !== undefined) return { zh: `结果或报告状态为 ${open}，尚非最终报告`, en: `The result or its report has the status ${open}: only final, amended and corrected ones are recognised` };
  return prior.statuses.length > 0 ? undefined : { zh: '结果未注明状态', en: 'The result does not tell its status' };
};

export const codeGate: GateRule = ({ order, prior, row }) => {
  const item = itemWords(row, order);
  if (order.item === undefined) return { zh: '医嘱项目不在标准目录中', en: 'The code of the order stands for no item of the catalogue' };
  if (prior.item === undefined) return { zh: `结果项目未对应标准项目 ${item.zh}`, en: `The code of the result stands for no item of the catalogue, so that it cannot be compared with ${item.en}` };
  if (prior.item !== order.item) return { zh: `结果项目为 ${prior.item}，医嘱项目为 ${order.item}`, en: `The result is of ${prior.item}, the order asks for ${order.item}` };
  return prior.isExact ? undefined : { zh: `结果项目与 ${item.zh} 仅为近似对应，不等同`, en: `The local code of the result is only related to ${item.en}, not equivalent` };
};

export const methodGate: GateRule = ({ order, prior, row }) => {
  if (row?.isMethodSpecific !== true) return undefined;
  if (order.method !== undefined && prior.method !== undefined && foldText(order.method.trim()) === foldText(prior.method.trim())) return undefined;
  const [ordered, measured] = [told(order.method), told(prior.method)];
  return {
    zh: `${row.zh}仅同一检测方法可比：本机构方法${ordered.zh}，该结果方法${measured.zh}`,
    en: `${row.en} is comparable within one method only: method here ${ordered.en}, of the result ${measured.en}`,
  };
};

export const unitGate: GateRule = ({ order, prior, row }) => {
  if (prior.unit !== 'unknown') return undefined;
  const item = itemWords(row, order);
  return { zh: `结果的数值或单位无法换算为 ${item.zh} 的标准单位`, en: `The value or the unit of the result cannot be converted to the unit of ${item.en}` };
};

export const imagesGate: GateRule = ({ prior, row }) => {
  if (row?.kind !== 'imaging' || prior.hasImages) return undefined;
  return { zh: '该检查的影像无法调阅，仅有报告', en: 'The images of the examination cannot be opened, there is only its report' };
};
