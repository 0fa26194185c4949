import { expect, it } from 'vitest';
import { openFhir } from '../../../src/open-services.ts';

const fhir = await openFhir();

it.each([
  { resourceType: 'Patient', id: 'p1' },
  { resourceType: 'Observation', subject: { reference: 'Patient/p1' }, performer: [{ reference: 'Patient/p2' }] },
  { resourceType: 'Observation', subject: { reference: 'Group/g' } },
  { resourceType: 'Appointment', participant: [{ actor: { reference: 'Patient/p1' } }, { actor: { reference: 'Patient/p2' } }] },
  { resourceType: 'Coverage', beneficiary: { reference: 'Patient/p1' }, subscriber: { reference: 'Patient/p2' } },
  { resourceType: 'Organization', name: 'x' },
  { resourceType: 'Account', subject: [{ reference: 'Patient/p1' }, { reference: 'Patient/p1' }] },
])('finds the same patients as the extraction of all terms: $resourceType', (resource) => {
  expect(fhir.patientsOf(resource)).toEqual(fhir.extractTerms(resource).patients);
});
