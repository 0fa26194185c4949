import type { RetestReason } from './decision-record.ts';
import { RETEST_REASONS } from './decision-record.ts';

/** Code system of the six lawful circumstances in which a test is repeated, 国卫医发〔2022〕6号. */
export const RETEST_REASON_SYSTEM = 'https://bund.example/CodeSystem/retest-reason';

export interface ReasonShown { readonly code: RetestReason; readonly zh: string; readonly en: string; readonly needsText: boolean }

const TEXTS: Record<RetestReason, { readonly zh: string; readonly en: string }> = {
  1: { zh: '病情变化，检查检验结果与临床表现、疾病诊断不符', en: 'The condition has changed: the result does not fit the clinical picture or the diagnosis' },
  2: { zh: '检查检验结果在疾病发展演变过程中变化较快', en: 'The result changes quickly in the course of the disease' },
  3: { zh: '检查检验项目对于疾病诊疗意义重大（手术、输血等重大医疗措施前）', en: 'The item matters greatly to the treatment, as before surgery or transfusion' },
  4: { zh: '患者处于急诊、急救状态', en: 'Emergency or resuscitation' },
  5: { zh: '涉及司法、伤残及病退等鉴定', en: 'Forensic, disability or retirement assessment' },
  6: { zh: '其他确需复查的情形', en: 'Another circumstance in which the test must be repeated; in words' },
};

/** The reasons as physicians choose from them, in their lawful order. */
export const REASONS_SHOWN: readonly ReasonShown[] = RETEST_REASONS.map((code) => reasonOf(code));

export function reasonOf(code: RetestReason): ReasonShown {
  return { code, ...TEXTS[code], needsText: code === '6' };
}
