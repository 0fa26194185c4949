import type { JsonObject } from '../../../fhir/resource.ts';
import { textOf } from '../../../fhir/resource.ts';
import { isResidentId, RESIDENT_ID_SYSTEMS } from '../../../fhir/validation/identifiers.ts';
import type { Sender } from '../../local-identity.ts';
import { element, present, tableCoding } from '../datatypes/element.ts';
import { assignerOf, extendedIdentifier, identifierType } from '../datatypes/identifier.ts';
import { authorityOf, componentParts, ownSystem, PATIENT } from '../datatypes/system.ts';
import type { Segment, Value } from '../segment.ts';
import type { Place, Reading } from './reading.ts';

/** What senders write as the type of a 公民身份号码. */
const RESIDENT_ID_TYPES: ReadonlySet<string> = new Set(['NNCHN', 'SFZ', 'SFZH', 'IDCARD', '身份证', '身份证号', '居民身份证']);
/** Types under which a resident ID is recognised by its form. */
const LOOSE_TYPES: ReadonlySet<string> = new Set(['', 'NI']);
const RESIDENT_ID_AUTHORITIES: ReadonlySet<string> = new Set(RESIDENT_ID_SYSTEMS.map((system) => system.slice('urn:oid:'.length)));
/** Types of table 0203 in the order in which they are likely to be the number under which an institution keeps a patient. */
const OWN_TYPES = ['MR', 'PI', 'PT', ''];

/** A patient's numbers: the source's own first, so that it gives the record its id. */
export interface PatientNumbers {
  readonly identifiers: readonly JsonObject[];
  /** That of the source where the message gives one, else any; '' where it gives none. */
  readonly number: string;
}

/** @param fields of CX, the more reliable first */
export function patientNumbers(reading: Reading, segment: Segment, fields: readonly number[]): PatientNumbers {
  const listed = fields.flatMap((field) => segment.values(field).filter((value) => value.text(1) !== '').map((value) => ({ value, place: { segment, field } })));
  const first = listed[0]?.place.field;
  const ownValue = ownNumber(listed.filter(({ place }) => place.field === first).map(({ value }) => value), reading.sender);
  const own = listed.find(({ value }) => value === ownValue);
  const others = listed.filter((candidate) => candidate !== own);
  const identifiers = present([own === undefined ? undefined : ownIdentifier(reading, own.value, own.place), ...others.map(({ value, place }) => otherIdentifier(reading, value, place))]);
  return { identifiers, number: textOf(identifiers[0]?.['value']) };
}

/** The number under which the source itself keeps the patient: of its configured authority, else the likeliest by its type. */
function ownNumber(values: readonly Value[], sender: Sender): Value | undefined {
  const candidates = values.filter((value) => !isResidentNumber(value) && !isForeign(value, sender));
  // Of those that are not foreign, one that names an authority names the configured one.
  const configured = sender.hl7v2?.patientAuthority === undefined ? undefined : candidates.find((value) => authoritiesOf(value).length > 0);
  if (configured !== undefined) return configured;
  return candidates.reduce<Value | undefined>((best, value) => (best === undefined || rankOf(value) < rankOf(best) ? value : best), undefined);
}

/** A number that another authority gave: two people may have one number with two authorities, so it is never taken for the source's own. */
function isForeign(value: Value, { hl7v2, patientNumberSystem }: Sender): boolean {
  const names = authoritiesOf(value);
  const own = hl7v2?.patientAuthority;
  if (own !== undefined) return names.length > 0 && !names.includes(own);
  return names.some((name) => hl7v2?.authorities[name] !== undefined && hl7v2.authorities[name] !== patientNumberSystem);
}

/** Namespace and universal id of CX-4, where they are named. */
function authoritiesOf(value: Value): readonly string[] {
  return [value.text(4), value.text(4, 2)].filter((name) => name !== '');
}

function rankOf(value: Value): number {
  const rank = OWN_TYPES.indexOf(value.text(5));
  return rank < 0 ? OWN_TYPES.length : rank;
}

function isResidentNumber(value: Value): boolean {
  const type = value.text(5).toUpperCase();
  if (RESIDENT_ID_TYPES.has(type) || RESIDENT_ID_AUTHORITIES.has(value.text(4, 2)) || RESIDENT_ID_AUTHORITIES.has(value.text(4))) return true;
  return LOOSE_TYPES.has(type) && isResidentId(value.text(1).toUpperCase());
}

function ownIdentifier(reading: Reading, value: Value, place: Place): JsonObject | undefined {
  // Its authority gives no system here, so it is told in full.
  const assigner = assignerOf(authorityOf(componentParts(value, 4), 1), authorityOf(componentParts(value, 6), 1));
  return element({ ...extendedIdentifier(reading, value, { kind: 'patient' }, place), system: reading.sender.patientNumberSystem, assigner });
}

/** A number without authority beside the own one is of another kind, so it must not share a system with it. */
function otherIdentifier(reading: Reading, value: Value, place: Place): JsonObject | undefined {
  return isResidentNumber(value) ? residentIdentifier(value.text(1)) : extendedIdentifier(reading, value, { kind: isForeign(value, reading.sender) || authoritiesOf(value).length === 0 ? value.text(5) || PATIENT : PATIENT }, place);
}

/** A resident ID under the one system that records are joined by; its last character is a capital. */
function residentIdentifier(number: string): JsonObject {
  return { use: 'official', type: { coding: [tableCoding('0203', 'NNCHN')] }, system: RESIDENT_ID_SYSTEMS[0], value: number.toUpperCase() };
}

/** PID-19 is for a social security number, and some Chinese senders write the resident ID into it. */
export function socialSecurityNumber({ sender }: Reading, number: string): JsonObject | undefined {
  if (number === '') return undefined;
  if (isResidentId(number.toUpperCase())) return residentIdentifier(number);
  return element({ type: identifierType('SS'), system: ownSystem(sender, 'social-security'), value: number });
}
