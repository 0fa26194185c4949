import type { Resource } from '../fhir/resource.ts';
import { matchRecord } from './match-record.ts';
import { traitsOf } from './patient-traits.ts';

/**
 * Under which names writers of this Patient meet others: all who share one of them may write the same Person or review.
 * For use within a process only.
 */
export function meetingNamesOf(patient: Resource & { readonly id: string }): readonly string[] {
  return [patient.id, ...matchRecord(patient).keys];
}

/** True for a Patient with one valid resident ID. */
export function hasResidentId(patient: Resource): boolean {
  return traitsOf(patient).residentId !== undefined;
}
