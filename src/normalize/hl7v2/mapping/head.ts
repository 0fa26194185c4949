import { organizationsOf } from '../datatypes/organization.ts';
import { practitionersOf } from '../datatypes/practitioner.ts';
import { conceptOf } from '../datatypes/concept.ts';
import { extension } from '../datatypes/element.ts';
import type { Segment } from '../segment.ts';
import { readAllergy } from './allergies.ts';
import { isAttached } from './attachment.ts';
import type { CareContext } from './care-context.ts';
import { addDiagnosis, readCondition } from './conditions.ts';
import { readCoverage } from './coverage.ts';
import { readLooseDocument } from './document.ts';
import { participant, readEncounter } from './encounter.ts';
import type { Noted } from './noted.ts';
import { readObservation } from './observation.ts';
import { joinTexts } from './observed-texts.ts';
import type { Participation } from './participation.ts';
import { participationsOf } from './participation.ts';
import type { Subject } from './patient.ts';
import { readPatient } from './patient.ts';
import { readProcedure } from './procedures.ts';
import type { Reading } from './reading.ts';
import { readGuarantor, readMother, readNextOfKin } from './related-persons.ts';

/** Roles of table 0443 and 0912 that someone has for a patient beyond one visit. */
const LASTING_ROLES: ReadonlySet<string> = new Set(['PP', 'FHCP', 'PCP', 'GP']);

/**
 * What a message says of a patient before its orders: the person, the visit, and all that belongs to them.
 *
 * @param head PID and what follows it
 * @param evn event of the message
 */
export function readHead(reading: Reading, head: readonly Noted[], evn: Segment | undefined): CareContext | undefined {
  const [pid] = head;
  if (pid?.segment.name !== 'PID') return undefined;
  const segmentsOf = (name: string): readonly Noted[] => head.filter(({ segment }) => segment.name === name);
  const subject = readPatient(reading, pid);
  const [pv1] = segmentsOf('PV1');
  const [pv2] = segmentsOf('PV2');
  const encounter = pv1 === undefined ? undefined : readEncounter(reading, { pv1, pv2: pv2?.segment, evn, pid: pid.segment }, subject);
  const care: CareContext = { subject, encounter, belongsTo: encounter?.number || subject.number };
  readRoles(reading, [...pid.roles, ...segmentsOf('PD1').flatMap(({ roles }) => roles)], care);
  if (pv2 !== undefined) encounter?.add('participant', participationsOf(reading, pv2.roles).map(({ role, actor, period }) => participant(role, actor, period)), undefined, pv2.segment);
  readMother(reading, pid.segment, subject);
  readSegments(reading, head, care);
  readPatientObservations(reading, segmentsOf('OBX'), care);
  return care;
}

function readSegments(reading: Reading, head: readonly Noted[], care: CareContext): void {
  head.forEach((noted, index) => {
    const { segment } = noted;
    switch (segment.name) {
      case 'PD1': readPrimaryCare(reading, segment, care.subject); break;
      case 'NK1': readNextOfKin(reading, segment, care.subject); break;
      case 'AL1': case 'IAM': readAllergy(reading, segment, care.subject); break;
      case 'DG1': readDiagnosis(reading, segment, care); break;
      case 'PR1': readProcedure(reading, noted, care); break;
      case 'GT1': readGuarantor(reading, segment, care.subject); break;
      case 'IN1': readCoverage(reading, segment, in2After(head, index), care.subject); break;
      default:
    }
  });
}

function in2After(head: readonly Noted[], index: number): Segment | undefined {
  const next = head[index + 1]?.segment;
  return next?.name === 'IN2' ? next : undefined;
}

function readDiagnosis(reading: Reading, dg1: Segment, care: CareContext): void {
  const condition = readCondition(reading, dg1, care);
  if (condition !== undefined && care.encounter !== undefined) addDiagnosis(reading, care.encounter, condition, dg1);
}

/** PD1. @see https://build.fhir.org/ig/HL7/v2-to-fhir/ConceptMap-segment-pd1-to-patient.html */
function readPrimaryCare(reading: Reading, pd1: Segment, { patient }: Subject): void {
  const worship = pd1.text(14);
  patient.add('generalPractitioner', organizationsOf(reading, pd1.values(3), { segment: pd1, field: 3 }), 3, pd1)
    .add('generalPractitioner', practitionersOf(reading, pd1.values(4), { segment: pd1, field: 4 }), 4, pd1)
    .add('extension', [
      extension('http://hl7.org/fhir/StructureDefinition/patient-disability', { valueCodeableConcept: conceptOf(reading, pd1.value(6)) }),
      extension('http://hl7.org/fhir/StructureDefinition/patient-congregation', { valueString: worship }),
    ], undefined, pd1);
}

/** Who cares for the patient beyond the visit stands with the patient, who does in it with the visit. */
function readRoles(reading: Reading, roles: readonly Segment[], { subject: { patient }, encounter }: CareContext): void {
  const all = participationsOf(reading, roles);
  const isLasting = ({ code }: Participation): boolean => LASTING_ROLES.has(code);
  patient.add('generalPractitioner', all.filter(isLasting).map(({ actor }) => actor), undefined, roles[0]);
  encounter?.add('participant', all.filter((one) => !isLasting(one)).map(({ role, actor, period }) => participant(role, actor, period)), undefined, roles[0]);
}

/** OBX that follow no order: of the patient, told with the visit. */
function readPatientObservations(reading: Reading, observations: readonly Noted[], care: CareContext): void {
  for (const text of joinTexts(observations.filter(({ segment }) => !isAttached(segment)))) {
    const time = text.lines[0]?.text(14) ?? '';
    readObservation(reading, text, { care, identity: care.belongsTo === '' ? undefined : ['patient', care.belongsTo, time] });
  }
  for (const noted of observations.filter(({ segment }) => isAttached(segment))) {
    readLooseDocument(reading, noted, { care, identity: care.belongsTo === '' ? undefined : ['patient', care.belongsTo, noted.segment.text(14)], related: [] });
  }
}
