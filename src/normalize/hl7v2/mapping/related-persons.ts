import { textOf } from '../../../fhir/resource.ts';
import { addressesOf } from '../datatypes/address.ts';
import { conceptOf } from '../datatypes/concept.ts';
import { element, present } from '../datatypes/element.ts';
import { extendedIdentifiers, identifierType } from '../datatypes/identifier.ts';
import { humanName, namesOf, XPN } from '../datatypes/name.ts';
import { organizationOf } from '../datatypes/organization.ts';
import { ownSystem } from '../datatypes/system.ts';
import { telecomsOf } from '../datatypes/telecom.ts';
import { asDate, period, timeOf } from '../datatypes/time.ts';
import type { Segment } from '../segment.ts';
import type { Draft } from './draft.ts';
import type { Subject } from './patient.ts';
import { setGender } from './patient.ts';
import type { Reading } from './reading.ts';
import { derivedIdentifier, open, openNamed } from './reading.ts';
import { CONTACT_ROLE, RELATIONSHIP } from './tables.ts';

const ROLE_CLASS = 'http://terminology.hl7.org/CodeSystem/v3-RoleClass';
const ROLE_CODE = 'http://terminology.hl7.org/CodeSystem/v3-RoleCode';

/**
 * NK1: someone who belongs to the patient, as a record of its own and as a contact of the patient.
 *
 * @see https://build.fhir.org/ig/HL7/v2-to-fhir/ConceptMap-segment-nk1-to-relatedperson.html
 */
export function readNextOfKin(reading: Reading, nk1: Segment, subject: Subject): void {
  const at = (field: number): { segment: Segment; field: number } => ({ segment: nk1, field });
  const names = [...namesOf(reading, nk1.values(2), at(2)), ...namesOf(reading, nk1.values(30), at(30))];
  const relationship = present([conceptOf(reading, nk1.value(3), { table: RELATIONSHIP }), conceptOf(reading, nk1.value(7), { table: CONTACT_ROLE })]);
  const telecom = [
    ...telecomsOf(reading, nk1.values(5), at(5), 'home'), ...telecomsOf(reading, nk1.values(6), at(6), 'work'),
    ...[31, 40, 41].flatMap((field) => telecomsOf(reading, nk1.values(field), at(field))),
  ];
  const address = [...addressesOf(reading, nk1.values(4), at(4)), ...addressesOf(reading, nk1.values(32), at(32))];
  const time = period(timeOf(reading, nk1, 8), timeOf(reading, nk1, 9));
  const organization = organizationOf(reading, nk1.value(13), at(13));
  if (names.length + telecom.length + address.length === 0 && organization === undefined) return;
  const known = textOf(names[0]?.['text']) || textOf(telecom[0]?.['value']) || nk1.text(13) || nk1.text(4);
  const person = openPerson(reading, nk1, subject, { kind: 'next-of-kin', numbers: [33, 12], known, relation: nk1.text(3) || nk1.text(3, 2) });
  person.add('relationship', relationship, 3).add('name', names, 2).add('telecom', telecom, 5).add('address', address, 4).set('period', time, 8)
    .set('birthDate', asDate(timeOf(reading, nk1, 16)), 16)
    .add('communication', present([conceptOf(reading, nk1.value(20))]).map((language) => ({ language })), 20);
  setGender(person, nk1, 15);
  if (nk1.text(37) !== '') person.add('identifier', [{ type: identifierType('SS'), system: ownSystem(reading.sender, 'social-security'), value: nk1.text(37) }], 37);
  subject.patient.add('contact', [element({
    relationship, name: names[0], telecom, address: address[0], gender: person.get('gender'), organization, period: time,
  })], undefined, nk1);
}

/** GT1: who stands for what the stay costs. */
export function readGuarantor(reading: Reading, gt1: Segment, subject: Subject): void {
  const at = (field: number): { segment: Segment; field: number } => ({ segment: gt1, field });
  const names = namesOf(reading, gt1.values(3), at(3));
  const person = openPerson(reading, gt1, subject, { kind: 'guarantors', numbers: [2], known: textOf(names[0]?.['text']) || gt1.text(21), relation: '' });
  person.add('relationship', [{ coding: [{ system: ROLE_CLASS, code: 'GUAR', display: 'guarantor' }] }])
    .add('relationship', present([conceptOf(reading, gt1.value(11), { table: RELATIONSHIP })]), 11)
    .add('name', names, 3)
    .add('name', namesOf(reading, gt1.values(4), at(4)), 4)
    .add('telecom', telecomsOf(reading, gt1.values(6), at(6), 'home'), 6)
    .add('telecom', telecomsOf(reading, gt1.values(7), at(7), 'work'), 7)
    .add('address', addressesOf(reading, gt1.values(5), at(5)), 5)
    .set('birthDate', asDate(timeOf(reading, gt1, 8)), 8)
    .set('period', period(timeOf(reading, gt1, 13), timeOf(reading, gt1, 14)), 13)
    .add('communication', present([conceptOf(reading, gt1.value(36))]).map((language) => ({ language })), 36);
  if (gt1.text(12) !== '') person.add('identifier', [{ type: identifierType('SS'), system: ownSystem(reading.sender, 'social-security'), value: gt1.text(12) }], 12);
  setGender(person, gt1, 9);
}

/** PID-21: the mother of a newborn, by her number, with her maiden name of PID-6. */
export function readMother(reading: Reading, pid: Segment, subject: Subject): void {
  const numbers = extendedIdentifiers(reading, pid.values(21), { kind: 'patient' }, { segment: pid, field: 21 });
  const [first] = numbers;
  if (first === undefined) return;
  const [maiden] = pid.values(6);
  const name = maiden === undefined ? undefined : humanName(reading, maiden, XPN, { segment: pid, field: 6 });
  openNamed(reading, 'RelatedPerson', derivedIdentifier(reading, 'mothers', [subject.number, textOf(first['value'])]), pid).draft
    .add('identifier', numbers, 21)
    .set('patient', subject.patient.reference)
    .add('relationship', [{ coding: [{ system: ROLE_CODE, code: 'MTH', display: 'mother' }] }], 21)
    .add('name', [name === undefined ? undefined : { ...name, use: 'maiden' }], 6);
}

interface PersonIdentity {
  readonly kind: string;
  /** Fields that hold numbers of the person. */
  readonly numbers: readonly number[];
  /** What the person is known by without one: the name, else how to reach them. */
  readonly known: string;
  readonly relation: string;
}

/** By its own number; else a person of the patient is told from the others by name and relation, at last by the order in which they are listed. */
function openPerson(reading: Reading, segment: Segment, { patient, number }: Subject, { kind, numbers, known, relation }: PersonIdentity): Draft {
  const identifiers = numbers.flatMap((field) => extendedIdentifiers(reading, segment.values(field), { kind }, { segment, field }));
  const own = textOf(identifiers[0]?.['value']) || known || String(segment.ordinal);
  const record = number === '' ? open(reading, 'RelatedPerson', segment) : openNamed(reading, 'RelatedPerson', derivedIdentifier(reading, kind, [number, own, identifiers.length > 0 ? '' : relation]), segment).draft;
  return record.add('identifier', identifiers, numbers[0]).set('patient', patient.reference);
}
