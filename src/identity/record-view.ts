import type { JsonObject } from '../fhir/resource.ts';
import { objectsOf, textOf } from '../fhir/resource.ts';
import type { MatchRecord } from './match-record.ts';
import { displayName } from './patient-traits.ts';

/** A record as an operator sees it who has to say whose it is. */
export interface RecordView {
  /** `Patient/p1`. */
  readonly patient: string;
  readonly name: string;
  readonly gender: string;
  readonly birthDate: string;
  /** All but the end is masked. */
  readonly identifiers: readonly { readonly system: string; readonly value: string }[];
  readonly phones: readonly string[];
}

const SHOWN_END = 4;

export function recordView({ patient, resource }: MatchRecord): RecordView {
  return {
    patient: `Patient/${patient}`,
    name: displayName(resource),
    gender: textOf(resource['gender']),
    birthDate: textOf(resource['birthDate']),
    identifiers: objectsOf(resource['identifier']).map(({ system, value }) => ({ system: textOf(system), value: masked(textOf(value)) })),
    phones: objectsOf(resource['telecom']).filter(isPhone).map(({ value }) => masked(textOf(value))),
  };
}

function isPhone({ system }: JsonObject): boolean {
  return system === 'phone' || system === 'sms';
}

/** `••••1234`; a text that is no longer than what is shown is masked as a whole. */
export function masked(text: string): string {
  const characters = Array.from(text);
  const shown = characters.length > SHOWN_END ? characters.slice(-SHOWN_END) : [];
  return '•'.repeat(characters.length - shown.length) + shown.join('');
}
