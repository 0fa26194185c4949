import type { Resource } from '../../fhir/resource.ts';
import { traitsOf } from '../patient-traits.ts';

/** Everything that a record is compared by. Made once for a record and compared many times; nothing outside looks into it. */
export interface Features {
  /** Valid resident IDs of 18 characters. */
  readonly residentIds: readonly string[];
  readonly name: string;
  readonly birthDate: string;
}

/**
 * What a Patient is compared by.
 *
 * @param patient whatever was sent: what cannot be read is left out
 * @param related RelatedPersons of this patient; its `contact` counts as well
 */
export function featuresOf(patient: Resource, related: readonly Resource[] = []): Features {
  const { residentId, name } = traitsOf(patient);
  const { birthDate } = patient;
  return { residentIds: residentId === undefined || related.length < 0 ? [] : [residentId.number], name, birthDate: typeof birthDate === 'string' ? birthDate : '' };
}
