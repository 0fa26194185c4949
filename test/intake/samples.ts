import { residentCheckDigit } from '../../src/fhir/validation/identifiers.ts';

/** A resident ID of a woman with the right check digit; the order tells people apart. */
export function residentId(order: number): string {
  const first17 = `31010119600101${String(order * 2).padStart(3, '0')}`;
  return first17 + residentCheckDigit(first17);
}

export const RESIDENT_ID_SYSTEM = 'urn:oid:2.16.840.1.113883.2.23.1.19.1';

export interface PatientSample { readonly number: string; readonly residentId?: string; readonly name?: string }

/** So many go by the name that two records of it are not taken for one person without a number. */
export function patient(source: string, { number, residentId: id, name = '张伟' }: PatientSample): object {
  return {
    resourceType: 'Patient',
    identifier: [
      { system: `https://bund.example/sources/${source}/patient-number`, value: number },
      ...(id === undefined ? [] : [{ system: RESIDENT_ID_SYSTEM, value: id }]),
    ],
    name: [{ text: name }],
    gender: 'female',
    birthDate: '1960-01-01',
  };
}

export interface ResultSample { readonly number: string; readonly code: string; readonly value?: unknown; readonly unit?: string; readonly subject: string }

/** A laboratory result; `value` may be a raw number. */
export function result(source: string, { number, code, value = 5.6, unit = 'mmol/L', subject }: ResultSample): object {
  return {
    resourceType: 'Observation',
    identifier: [{ system: `https://bund.example/sources/${source}/result`, value: number }],
    status: 'final',
    category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'laboratory' }] }],
    code: { coding: [{ system: `https://bund.example/sources/${source}/codes`, code, display: `test ${code}` }] },
    subject: { reference: subject },
    effectiveDateTime: '2026-03-01T08:20:00+08:00',
    valueQuantity: { value, unit },
  };
}

export interface BundleSample { readonly type?: string; readonly identifier?: string; readonly id?: string }

/** A Bundle in which each resource is named `urn:uuid:<n>`, or as it is named already. */
export function bundle(resources: readonly object[], { type = 'transaction', identifier, id }: BundleSample = {}): { entry: Entry[] } & Record<string, unknown> {
  return {
    resourceType: 'Bundle',
    ...(id === undefined ? {} : { id }),
    type,
    ...(identifier === undefined ? {} : { identifier: { system: 'https://sender.example/messages', value: identifier } }),
    entry: resources.map((resource, index) => ({
      fullUrl: urn(index),
      resource,
      ...(type === 'transaction' || type === 'batch' ? { request: { method: 'POST', url: (resource as { resourceType: string }).resourceType } } : {}),
    })),
  };
}

export interface Entry { fullUrl?: string; resource?: unknown; request?: unknown }

export function urn(index: number): string {
  return `urn:uuid:00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
}

/** One patient with results, as a laboratory sends them. */
export function labBundle(source: string, patientSample: PatientSample, results: readonly Omit<ResultSample, 'subject'>[], sample: BundleSample = {}): ReturnType<typeof bundle> {
  return bundle([patient(source, patientSample), ...results.map((one) => result(source, { ...one, subject: urn(0) }))], sample);
}
