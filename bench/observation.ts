/** The record that every figure is about: a laboratory result of about 1.5 kB, as a hospital would send it. */

export const CODES = ['14749-6', '14682-9', '2823-3', '718-7', '6690-2', '777-3', '1742-6', '14647-2', '3016-3', '4548-4'] as const;

/** @param patient logical id; @param serial makes value, time and accession number differ */
export function observation(patient: string, code: string, serial: number): object {
  const collected = new Date(Date.UTC(2025, 0, 1) + serial * 61_000).toISOString();
  const value = JSON.rawJSON((3 + (serial % 70) / 10).toFixed(2));
  return {
    resourceType: 'Observation',
    meta: { profile: ['https://bund.example/StructureDefinition/bund-lab-observation'] },
    identifier: [{ system: 'https://bund.example/sources/bench/results', value: `R${serial}` }],
    status: 'final',
    category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'laboratory', display: 'Laboratory' }] }],
    code: {
      coding: [
        { system: 'https://bund.example/CodeSystem/item', code: `I${code}`, display: '标准项目' },
        { system: 'http://loinc.org', code },
        { system: 'https://bund.example/sources/bench/codes', code: `L-${code}`, display: '本院项目' },
      ],
      text: '本院项目',
    },
    subject: { reference: `Patient/${patient}` },
    effectiveDateTime: collected,
    issued: collected,
    performer: [{ reference: 'Organization/bench-laboratory', display: '检验科' }],
    valueQuantity: { value, unit: 'mmol/L', system: 'http://unitsofmeasure.org', code: 'mmol/L' },
    interpretation: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation', code: 'N', display: 'Normal' }] }],
    method: { text: '己糖激酶法' },
    referenceRange: [{
      low: { value: JSON.rawJSON('3.90'), unit: 'mmol/L', system: 'http://unitsofmeasure.org', code: 'mmol/L' },
      high: { value: JSON.rawJSON('6.10'), unit: 'mmol/L', system: 'http://unitsofmeasure.org', code: 'mmol/L' },
      text: '3.90-6.10',
    }],
  };
}

/** Named at one institution, so that a clinician of it may ask. Nobody is taken for somebody else: each has a birth date of their own. */
export function patient(id: string, facility: string): object {
  return {
    resourceType: 'Patient', id, active: true,
    identifier: [{ system: 'https://bund.example/sources/bench/patients', value: id }],
    name: [{ text: `测试${id}` }], gender: 'female', birthDate: birthDateOf(Number(/\d+$/.exec(id)?.[0] ?? 0)),
    managingOrganization: { reference: `Organization/${facility}` },
  };
}

/** Another day for each of the first 20,000 patients. */
export function birthDateOf(n: number): string {
  return new Date(Date.UTC(1940, 0, 1) + ((n * 7919) % 20_000) * 86_400_000).toISOString().slice(0, 10);
}
