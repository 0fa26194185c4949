import type { JsonObject, JsonValue } from '../../../fhir/resource.ts';
import { addressesOf } from '../datatypes/address.ts';
import { conceptOf, labelOf } from '../datatypes/concept.ts';
import { element, present } from '../datatypes/element.ts';
import { extendedIdentifiers, identifierType } from '../datatypes/identifier.ts';
import { humanName, XPN } from '../datatypes/name.ts';
import { organizationOf, withoutHome } from '../datatypes/organization.ts';
import { authorityOf, componentParts, ownSystem, systemOf } from '../datatypes/system.ts';
import { telecomsOf } from '../datatypes/telecom.ts';
import { period, timeOf } from '../datatypes/time.ts';
import type { Segment } from '../segment.ts';
import type { Subject } from './patient.ts';
import type { Reading } from './reading.ts';
import { derivedIdentifier, open, openNamed } from './reading.ts';
import { RELATIONSHIP } from './tables.ts';

const CLASSES = 'http://terminology.hl7.org/CodeSystem/coverage-class';

/**
 * IN1, and the IN2 that belongs to it: who pays, under which number and plan.
 *
 * @see https://build.fhir.org/ig/HL7/v2-to-fhir/ConceptMap-segment-in1-to-coverage.html
 */
export function readCoverage(reading: Reading, in1: Segment, in2: Segment | undefined, { patient, number }: Subject): void {
  const at = (field: number): { segment: Segment; field: number } => ({ segment: in1, field });
  const payor = payorOf(reading, in1);
  const member = in1.text(49) || in1.text(36);
  if (payor === undefined && member === '' && in1.value(2).isEmpty) return;
  const identity = derivedIdentifier(reading, 'coverages', [number, in1.text(2) || in1.text(4), member]);
  const coverage = number === '' ? open(reading, 'Coverage', in1) : openNamed(reading, 'Coverage', identity, in1).draft;
  const insured = humanName(reading, in1.value(16), XPN, at(16));
  coverage.add('identifier', [...extendedIdentifiers(reading, in1.values(49), { kind: 'insured', type: 'MB' }, at(49)), ...policyNumber(reading, in1), ...extendedIdentifiers(reading, in1.values(10), { kind: 'insured' }, at(10))], 49)
    .add('identifier', in2 === undefined ? [] : numbersOf(reading, in2), undefined, in2)
    .set('status', 'active')
    .set('type', conceptOf(reading, in1.value(15)), 15)
    .set('policyHolder', organizationOf(reading, in1.value(11), at(11)), 11)
    .set('subscriber', element({ display: insured?.['text'] }), 16)
    .set('subscriberId', member, in1.text(49) === '' ? 36 : 49)
    .set('beneficiary', patient.reference)
    .set('relationship', conceptOf(reading, in1.value(17), { table: RELATIONSHIP }), 17)
    .set('period', period(timeOf(reading, in1, 12), timeOf(reading, in1, 13)), 12)
    .add('payor', [payor ?? element({ display: labelOf(in1.value(2)) || member })], 4)
    .add('class', present([classOf('plan', in1.value(2).text(1), labelOf(in1.value(2))), classOf('group', in1.text(8) || in1.text(9), in1.text(9))]), 2);
}

function payorOf(reading: Reading, in1: Segment): JsonObject | undefined {
  const company = in1.value(4);
  const number = in1.value(3);
  const name = company.text(1);
  const details = {
    address: addressesOf(reading, in1.values(5), { segment: in1, field: 5 }),
    telecom: telecomsOf(reading, in1.values(7), { segment: in1, field: 7 }, 'work'),
  };
  if (company.text(10) !== '' || company.text(3) !== '') return organizationOf(reading, company, { segment: in1, field: 4 }, details);
  if (number.text(1) === '') return element({ display: name });
  const system = systemOf(authorityOf(componentParts(number, 4), 1), reading.sender, 'insurance-company');
  const identifier = { ...element({ type: identifierType(number.text(5)) }), system, value: number.text(1) };
  if (name === '') return { type: 'Organization', identifier };
  const { draft } = openNamed(reading, 'Organization', identifier, in1);
  draft.contribute(0).set('name', name, 4, in1).add('address', withoutHome(details.address), 5, in1).add('telecom', withoutHome(details.telecom), 7, in1);
  return { ...draft.reference, display: name };
}

function policyNumber(reading: Reading, in1: Segment): readonly JsonObject[] {
  return in1.text(36) === '' ? [] : [{ type: { text: 'policy number' }, system: ownSystem(reading.sender, 'policy'), value: in1.text(36) }];
}

/** Numbers of the insured in IN2: of the employee, social security, Medicare, Medicaid, and of the member. */
function numbersOf(reading: Reading, in2: Segment): readonly JsonValue[] {
  const plain = (field: number, type: string): JsonObject | undefined => (in2.text(field) === '' ? undefined : { type: identifierType(type), system: ownSystem(reading.sender, `insured-${type.toLowerCase()}`), value: in2.text(field) });
  return [
    ...extendedIdentifiers(reading, in2.values(1), { kind: 'insured-employee', type: 'EI' }, { segment: in2, field: 1 }),
    ...present([plain(2, 'SS'), plain(6, 'MC'), plain(8, 'MA')]),
    ...extendedIdentifiers(reading, in2.values(61), { kind: 'insured-member', type: 'MB' }, { segment: in2, field: 61 }),
  ];
}

function classOf(kind: string, value: string, name: string): JsonObject | undefined {
  return value === '' ? undefined : element({ type: { coding: [{ system: CLASSES, code: kind }] }, value, name });
}
