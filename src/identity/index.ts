/** Which Patients are one person. Imported by the decision point, so nothing here may import `access/`. */
export { identityTerms, withIdentityTerms } from './index-terms.ts';
export { matchQuality, qualityMembers } from './match-quality.ts';
export { loadMatchModel, type MatchModel } from './matching/index.ts';
export { facilitiesOfPerson, type Person } from './person.ts';
export { type PersonOfPatient, personOfPatient } from './person-of-patient.ts';
export { patientsOf, personsOf, personsWith } from './persons.ts';
export { likenessOf } from './likeness.ts';
export { hasResidentId, meetingNamesOf } from './meeting-names.ts';
export { personChanges, type PersonChanges } from './person-changes.ts';
export { rematchNow } from './rematch-now.ts';
export type { RematchJob } from './rematch-job.ts';
