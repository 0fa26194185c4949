import { hash } from 'node:crypto';
import type { JsonObject } from '../../fhir/resource.ts';
import { conceptOf } from './concepts.ts';
import type { DocumentContext } from './context.ts';
import { timeAt } from './context.ts';
import { defined } from '../defined.ts';
import type { XmlElement } from './element.ts';
import { attributeOf, childAt, childrenOf } from './element.ts';
import type { InstanceId } from './identifiers.ts';
import { idsOf } from './identifiers.ts';
import { addressesOf, nameOf, telecomsOf } from './names.ts';
import { ROOT } from './oids.ts';
import { MENTIONED } from './records.ts';

/** Numbers that stand among those of the patient and are of something else. */
const OF_OTHERS: ReadonlySet<string> = new Set([
  ROOT.outpatientNumber, ROOT.inpatientNumber, ROOT.recordNumber, ROOT.specimen, ROOT.order, ROOT.examinationReport, ROOT.laboratoryReport,
]);
const RELATION_SYSTEM = 'http://terminology.hl7.org/CodeSystem/v2-0131';
export const ETHNIC_GROUP_URL = 'https://bund.example/StructureDefinition/ethnic-group';

/** GB/T 2261.1, and the codes of HL7. */
const GENDERS: ReadonlyMap<string, string> = new Map([
  ['1', 'male'], ['M', 'male'], ['2', 'female'], ['F', 'female'], ['0', 'unknown'], ['9', 'unknown'], ['U', 'unknown'], ['UN', 'other'],
]);

/** `key`: the number that tells who it is, with its system. */
export interface NumberedPatient { readonly reference: JsonObject; readonly key: string }

/**
 * The Patient of the document, as it mentions them.
 *
 * @returns undefined, with a fault, where no number tells who it is
 */
export function addPatient(context: DocumentContext): NumberedPatient | undefined {
  const role = childAt(context.root, 'recordTarget', 'patientRole');
  const person = childAt(role, 'patient');
  if (role === undefined) {
    context.records.fault('required', context.root, 'A document says in recordTarget/patientRole of whom it is');
    return undefined;
  }
  const ids = [...idsOf(role, context.sender), ...idsOf(person, context.sender)];
  const own = ids.filter(({ root }) => root === context.sender.cda?.patientRoot || !OF_OTHERS.has(root));
  const visit = ids.find(isOfVisit);
  const number = own[0] ?? visit;
  if (number === undefined) {
    context.records.fault('required', role, 'A document names its patient by a number: of the resident, the health card, the health record, the patient or the visit');
    return undefined;
  }
  const key = `${number.identifier.system}|${number.identifier.value}`;
  const name = nameOf(childAt(person, 'name'));
  const birth = timeAt(context, childAt(person, 'birthTime'));
  const reference = context.records.add(defined({
    resourceType: 'Patient',
    ...(person === undefined ? {} : { extension: ethnicGroup(person) }),
    identifier: unique(own).map(({ identifier }) => identifier),
    name: name === undefined ? [] : [name],
    telecom: telecomsOf(role),
    gender: genderOf(childAt(person, 'administrativeGenderCode')),
    birthDate: birth?.slice(0, 'yyyy-mm-dd'.length),
    address: addressesOf(role),
    maritalStatus: conceptOf(childAt(person, 'maritalStatusCode')),
    contact: [...employer(person), ...contacts(context.root)],
  }), role, {
    elements: {
      identifier: own[0]?.element, name: childAt(person, 'name'), gender: childAt(person, 'administrativeGenderCode'), birthDate: childAt(person, 'birthTime'),
      telecom: childAt(role, 'telecom'), address: childAt(role, 'addr'),
    },
    contribution: MENTIONED,
    // Without any number of their own, a patient is known as the one of that visit.
    ...(own.length > 0 ? {} : { ownId: hash('sha256', key) }),
  });
  return { reference, key };
}

function isOfVisit({ root }: InstanceId): boolean {
  return root === ROOT.outpatientNumber || root === ROOT.inpatientNumber || root === ROOT.recordNumber;
}

function unique(ids: readonly InstanceId[]): readonly InstanceId[] {
  return [...new Map(ids.map((id) => [`${id.identifier.system}|${id.identifier.value}`, id] as const)).values()];
}

function genderOf(element: XmlElement | undefined): string | undefined {
  const code = attributeOf(element, 'code');
  return code === undefined ? undefined : GENDERS.get(code) ?? 'unknown';
}

function ethnicGroup(person: XmlElement): readonly JsonObject[] {
  const concept = conceptOf(childAt(person, 'ethnicGroupCode'));
  return concept === undefined ? [] : [{ url: ETHNIC_GROUP_URL, valueCodeableConcept: concept }];
}

/** R4 has no element for it: a contact whose relation is that of an employer. */
function employer(person: XmlElement | undefined): readonly JsonObject[] {
  const organization = childAt(person, 'employerOrganization');
  const name = nameOf(childAt(organization, 'name'));
  if (name === undefined) return [];
  return [defined({ relationship: [{ coding: [{ system: RELATION_SYSTEM, code: 'E', display: 'Employer' }] }], telecom: telecomsOf(organization), organization: { display: name.text } })];
}

function contacts(root: XmlElement): readonly JsonObject[] {
  return childrenOf(root, 'participant').filter((participant) => attributeOf(participant, 'typeCode') === 'NOT').flatMap((participant) => {
    const entity = childAt(participant, 'associatedEntity') ?? childAt(participant, 'assignedEntity');
    const name = nameOf(childAt(entity, 'associatedPerson', 'name') ?? childAt(entity, 'assignedPerson', 'name'));
    if (name === undefined) return [];
    const relation = conceptOf(childAt(entity, 'code'));
    const kind = { coding: [{ system: RELATION_SYSTEM, code: 'C', display: 'Emergency Contact' }] };
    return [defined({ relationship: relation === undefined ? [kind] : [kind, relation], name, telecom: telecomsOf(entity), address: addressesOf(entity)[0] })];
  });
}
