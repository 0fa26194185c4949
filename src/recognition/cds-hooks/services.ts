/** What is offered to the EMRs of the region. */
export const HOOKS = ['patient-view', 'order-select', 'order-sign'] as const;
export type Hook = (typeof HOOKS)[number];

export interface CdsService { readonly id: string; readonly hook: Hook; readonly title: string; readonly description: string; readonly prefetch: Readonly<Record<string, string>> }

const PATIENT = 'Patient/{{context.patientId}}';
const ENCOUNTER = 'Encounter/{{context.encounterId}}';

export const CDS_SERVICES: readonly CdsService[] = [
  {
    id: 'bund-patient-view', hook: 'patient-view', title: '外院有效结果提示 Valid results of other institutions',
    description: 'Tells which results of other institutions may be recognised now.', prefetch: { patient: PATIENT },
  },
  {
    id: 'bund-order-select', hook: 'order-select', title: '检验检查结果互认提醒 Recognition while ordering',
    description: 'Tells, for the selected drafts, which prior results may stand in for a new test, and why others may not.', prefetch: { patient: PATIENT, encounter: ENCOUNTER },
  },
  {
    id: 'bund-order-sign', hook: 'order-sign', title: '检验检查结果互认提醒（签署前） Recognition before signing',
    description: 'Tells, for all drafts about to be signed, which prior results may stand in for a new test, and why others may not.', prefetch: { patient: PATIENT, encounter: ENCOUNTER },
  },
];
