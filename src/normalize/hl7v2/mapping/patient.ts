import type { JsonObject } from '../../../fhir/resource.ts';
import { addressesOf } from '../datatypes/address.ts';
import { conceptOf } from '../datatypes/concept.ts';
import { element, present } from '../datatypes/element.ts';
import { extendedIdentifiers, identifierType } from '../datatypes/identifier.ts';
import { namesOf } from '../datatypes/name.ts';
import { wholeNumber } from '../datatypes/number.ts';
import { ownOrganization } from '../datatypes/organization.ts';
import { ownSystem } from '../datatypes/system.ts';
import { telecomsOf } from '../datatypes/telecom.ts';
import { asDate, asInstant, readTime, timeOf } from '../datatypes/time.ts';
import type { Segment } from '../segment.ts';
import type { Draft } from './draft.ts';
import type { Noted } from './noted.ts';
import { annotationExtensions } from './annotation.ts';
import { patientExtensions } from './patient-extensions.ts';
import { patientNumbers, socialSecurityNumber } from './patient-numbers.ts';
import type { Reading } from './reading.ts';
import { open, openNamed, report } from './reading.ts';
import { genderOf, MARITAL_STATUS, yesOrNo } from './tables.ts';

/** A patient of a message: the record, and the number that tells what belongs to it; '' where the message gives none. */
export interface Subject { readonly patient: Draft; readonly number: string }

/**
 * PID: the patient's record. What a message about admission says of it counts more than what a result mentions.
 *
 * @see https://build.fhir.org/ig/HL7/v2-to-fhir/ConceptMap-segment-pid-to-patient.html
 */
export function readPatient(reading: Reading, { segment: pid, notes }: Noted): Subject {
  const { identifiers, number } = patientNumbers(reading, pid, [3, 2, 4]);
  const [first] = identifiers;
  if (first === undefined) report(reading, 'required', { segment: pid, field: 3 }, 'A patient must have a number (PID-3) by which later messages can name the record');
  const patient = first === undefined ? open(reading, 'Patient', pid) : openNamed(reading, 'Patient', first, pid).draft;
  patient.contribute(reading.topic === 'administration' ? 1 : 0)
    .add('identifier', [...identifiers, ...furtherNumbers(reading, pid)], 3)
    .add('extension', [...patientExtensions(reading, pid), ...annotationExtensions(reading, notes)])
    .add('name', namesOf(reading, pid.values(5), { segment: pid, field: 5 }), 5)
    .add('name', namesOf(reading, pid.values(9), { segment: pid, field: 9 }), 9)
    .add('telecom', telecomsOf(reading, pid.values(13), { segment: pid, field: 13 }, 'home'), 13)
    .add('telecom', telecomsOf(reading, pid.values(14), { segment: pid, field: 14 }, 'work'), 14)
    .add('telecom', telecomsOf(reading, pid.values(40), { segment: pid, field: 40 }), 40)
    .add('address', addressesWithCounty(reading, pid), 11)
    .set('maritalStatus', conceptOf(reading, pid.value(16), { table: MARITAL_STATUS }), 16)
    .add('communication', present([conceptOf(reading, pid.value(15))]).map((language) => ({ language })), 15)
    .set('managingOrganization', ownOrganization(reading));
  setGender(patient, pid, 8);
  setBirth(reading, patient, pid);
  setDeath(reading, patient, pid);
  return { patient, number };
}

/** @param field with a code of table 0001 */
export function setGender(record: Draft, segment: Segment, field: number): void {
  const found = genderOf(segment.text(field));
  record.set('gender', found?.gender, field, segment).set('_gender', found?.original, field, segment);
}

function furtherNumbers(reading: Reading, pid: Segment): readonly JsonObject[] {
  const account = extendedIdentifiers(reading, pid.values(18), { kind: 'account', type: 'AN' }, { segment: pid, field: 18 });
  return present([...account, socialSecurityNumber(reading, pid.text(19)), drivingLicence(reading, pid)]);
}

/** DLN: number, who issued it, and until when it holds. */
function drivingLicence(reading: Reading, pid: Segment): JsonObject | undefined {
  const licence = pid.value(20);
  const number = licence.text(1);
  if (number === '') return undefined;
  const issuer = licence.text(2);
  const end = readTime(reading, licence.text(3), { segment: pid, field: 20 });
  return element({
    type: identifierType('DL'), system: ownSystem(reading.sender, 'driving-licence'), value: number,
    period: element({ end }), assigner: element({ display: issuer }),
  });
}

/** PID-12 is the county of an address that names none. */
function addressesWithCounty(reading: Reading, pid: Segment): readonly JsonObject[] {
  const addresses = addressesOf(reading, pid.values(11), { segment: pid, field: 11 });
  const county = pid.text(12);
  if (county === '' || addresses.some(({ district }) => district === county)) return addresses;
  const [only] = addresses;
  return addresses.length === 1 && only?.['district'] === undefined ? [{ ...only, district: county }] : [...addresses, { district: county }];
}

function setBirth(reading: Reading, patient: Draft, pid: Segment): void {
  const time = timeOf(reading, pid, 7);
  patient.set('birthDate', asDate(time), 7);
  if (asInstant(time) !== undefined) patient.set('_birthDate', { extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/patient-birthTime', valueDateTime: time }] }, 7);
  const order = wholeNumber(pid.text(25), 1);
  if (order !== undefined) patient.set('multipleBirthInteger', order, 25);
  else patient.set('multipleBirthBoolean', yesOrNo(pid.text(24)), 24);
  if (pid.isNull(24) || pid.isNull(25)) patient.clear('multipleBirthInteger').clear('multipleBirthBoolean');
}

function setDeath(reading: Reading, patient: Draft, pid: Segment): void {
  const time = timeOf(reading, pid, 29);
  if (time !== undefined) patient.set('deceasedDateTime', time, 29);
  else patient.set('deceasedBoolean', yesOrNo(pid.text(30)), 30);
  if (pid.isNull(29) || pid.isNull(30)) patient.clear('deceasedDateTime').clear('deceasedBoolean');
}
