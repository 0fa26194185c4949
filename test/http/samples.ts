/** Small valid resources that tests send. */
/** Says too little of anybody for two of them to be taken for one person. */
export const patient = (changes: { id?: string; [element: string]: unknown } = {}) => ({ resourceType: 'Patient', name: [{ text: '张三' }], gender: 'male', ...changes });

export const observation = (patientId: string, changes: object = {}) => ({
  resourceType: 'Observation',
  status: 'final',
  category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'laboratory' }] }],
  code: { coding: [{ system: 'http://loinc.org', code: '14749-6' }] },
  subject: { reference: `Patient/${patientId}` },
  effectiveDateTime: '2026-03-01T08:00:00+08:00',
  valueQuantity: { value: 5.6, unit: 'mmol/L', system: 'http://unitsofmeasure.org', code: 'mmol/L' },
  ...changes,
});

export const organization = (changes: object = {}) => ({ resourceType: 'Organization', name: '黄浦区中心医院', ...changes });

export const bundle = (type: 'batch' | 'transaction', ...entry: object[]) => ({ resourceType: 'Bundle', type, entry });

export const post = (resource: { resourceType: string }, changes: object = {}, request: object = {}) =>
  ({ ...changes, resource, request: { method: 'POST', url: resource.resourceType, ...request } });

export const put = (resource: { resourceType: string; id?: string }, changes: object = {}) =>
  ({ ...changes, resource, request: { method: 'PUT', url: `${resource.resourceType}/${resource.id ?? ''}` } });
