import { expect, it } from 'vitest';
import { patientBindingOf } from '../../src/access/patient-binding.ts';
import { openFhir } from '../../src/open-services.ts';

it('tells the types whose resources can be about several patients from those that are about one', async () => {
  const fhir = await openFhir();
  const bound = (binding: string) => fhir.definitions.resourceTypes.filter((type) => patientBindingOf(fhir, type) === binding);
  expect(bound('several')).toEqual(['Account', 'Appointment', 'AuditEvent', 'Contract', 'Group', 'Person', 'Provenance', 'Schedule']);
  expect(bound('one')).toEqual(expect.arrayContaining(['Patient', 'Observation', 'DiagnosticReport', 'Encounter', 'AdverseEvent', 'SupplyRequest', 'Coverage']));
  expect(bound('none')).toEqual(expect.arrayContaining(['Organization', 'Bundle', 'Slot']));
});
