import { isObject } from '../resource.ts';
import type { JsonObject, JsonValue } from '../resource.ts';
import { isKnownArea, RESIDENT_ID_SYSTEMS, residentBirthDate, residentGender, residentIdFault, USCC_SYSTEM, usccFault } from './identifiers.ts';
import type { InvariantTest } from './invariant-library.ts';

/**
 * Invariants that are evaluated by a function instead of their expression, by key. Those of our own profiles need
 * arithmetic over characters, which FHIRPath lacks; the expression in the profile says what other software can check.
 */
export const handWritten: ReadonlyMap<string, InvariantTest> = new Map(Object.entries({
  // As published both give nothing, neither true nor false, for a Bundle without entries.
  'bdl-11': (bundle) => startsWith(bundle, 'document', 'Composition'),
  'bdl-12': (bundle) => startsWith(bundle, 'message', 'MessageHeader'),
  // A best practice about `name`, which a ChargeItemDefinition does not have.
  'cid-0': () => true,
  'bund-rid-1': (identifier) => ofResident(identifier, (number) => residentIdFault(number) !== 'format'),
  'bund-rid-2': (identifier) => ofResident(identifier, (number) => residentIdFault(number) !== 'birth-date'),
  'bund-rid-3': (identifier) => ofResident(identifier, (number) => residentIdFault(number) !== 'check-digit'),
  'bund-rid-4': (identifier) => ofResident(identifier, isKnownArea),
  'bund-uscc-1': (identifier) => ofSystem(identifier, [USCC_SYSTEM], (code) => usccFault(code) !== 'format'),
  'bund-uscc-2': (identifier) => ofSystem(identifier, [USCC_SYSTEM], (code) => usccFault(code) !== 'check-digit'),
  'bund-pat-1': (patient) => ofPatient(patient, 'birthDate', (birthDate, number) => residentBirthDate(number)?.startsWith(birthDate) !== false),
  'bund-pat-2': (patient) => ofPatient(patient, 'gender', (gender, number) => !['male', 'female'].includes(gender) || gender === residentGender(number)),
} satisfies Record<string, InvariantTest>));

function startsWith(bundle: JsonObject | string, type: string, resourceType: string): boolean {
  if (!isObject(bundle) || bundle['type'] !== type) return true;
  const entries: unknown = bundle['entry'];
  const first: unknown = Array.isArray(entries) ? entries[0] : undefined;
  return isObject(first) && isObject(first['resource']) && first['resource']['resourceType'] === resourceType;
}

function ofResident(identifier: JsonObject | string, test: (number: string) => boolean): boolean {
  return ofSystem(identifier, RESIDENT_ID_SYSTEMS, test);
}

/** True for an identifier of another system, or without value: there is nothing to check. */
function ofSystem(identifier: JsonValue | undefined, systems: readonly string[], test: (value: string) => boolean): boolean {
  if (!isObject(identifier)) return true;
  const { system, value } = identifier;
  return typeof value !== 'string' || typeof system !== 'string' || !systems.includes(system) || test(value);
}

/** Compares an element of the Patient with each resident ID that is sound in itself. */
function ofPatient(patient: JsonObject | string, element: string, test: (value: string, number: string) => boolean): boolean {
  if (!isObject(patient)) return true;
  const { [element]: value, identifier } = patient;
  if (typeof value !== 'string' || !Array.isArray(identifier)) return true;
  return identifier.every((item: JsonValue) => ofResident(isObject(item) ? item : '', (number) => residentIdFault(number) !== undefined || test(value, number)));
}
