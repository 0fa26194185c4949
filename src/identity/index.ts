/** Which Patients are one person. Imported by the decision point, so nothing here may import `access/`. */
export { facilitiesOfPerson, type Person } from './person.ts';
export { patientsOf, personsOf, personsWith } from './persons.ts';
export { personNamesOf } from './patient-traits.ts';
export { personChanges, type PersonChanges } from './person-changes.ts';
