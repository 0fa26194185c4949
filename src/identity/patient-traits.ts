import { derivedId } from '../fhir/derived-id.ts';
import type { JsonObject, Resource } from '../fhir/resource.ts';
import { isResidentId, RESIDENT_ID_SYSTEMS } from '../fhir/validation/identifiers.ts';
import type { Traits } from './match-patients.ts';
import type { ResidentId } from './person.ts';
import { listOf } from './person.ts';

/** Dots that stand between the parts of a name: 买买提·艾山 is written with each of them. */
const NAME_DOTS = /[·•・‧∙⋅･]/gu;

/** A name as it is compared: compatibility forms unified, no white space, no dots, no case. */
export function normalizeName(name: string): string {
  return name.normalize('NFKC').replace(/\s+/gu, '').replace(NAME_DOTS, '').toLowerCase();
}

/** What a Patient is compared by. */
export function traitsOf(patient: Resource): Traits {
  return { residentId: residentIdOf(patient), name: normalizeName(primaryName(patient)) };
}

/**
 * Logical id of the Person to whom a Patient belongs: that of the number and name, on which all sources agree, or one that
 * no other Patient has.
 */
export function personIdOf(patient: string, { residentId, name }: Traits): string {
  return residentId === undefined || name === '' ? derivedId('Person', 'patient', patient) : derivedId('Person', 'resident-id', residentId.number, name);
}

/**
 * Under which names writers of this Patient meet others: all who share one of them may write the same Person or review.
 * For use within a process only, since a resident ID is among them.
 */
export function personNamesOf(patient: Resource & { readonly id: string }): readonly string[] {
  const { residentId } = traitsOf(patient);
  return [patient.id, ...(residentId === undefined ? [] : [residentId.number])];
}

/** A record with two different valid numbers belongs to nobody for certain. */
function residentIdOf(patient: Resource): ResidentId | undefined {
  const numbers = new Set(listOf(patient['identifier']).flatMap(({ system, value, use }) => {
    const isCurrent = use !== 'old' && typeof system === 'string' && RESIDENT_ID_SYSTEMS.includes(system);
    const number = typeof value === 'string' ? value.toUpperCase() : '';
    return isCurrent && isResidentId(number) ? [number] : [];
  }));
  const [number] = numbers;
  const [system] = RESIDENT_ID_SYSTEMS;
  return numbers.size === 1 && number !== undefined && system !== undefined ? { system, number } : undefined;
}

const NAME_RANK: readonly unknown[] = ['official', 'usual', undefined];

function primaryName(patient: Resource): string {
  const names = listOf(patient['name']).filter(({ use }) => use !== 'old' && use !== 'maiden' && use !== 'nickname');
  const ranked = NAME_RANK.map((rank) => names.find(({ use }) => use === rank)).find((name) => name !== undefined) ?? names[0];
  return ranked === undefined ? '' : nameText(ranked);
}

function nameText({ text, family, given }: JsonObject): string {
  if (typeof text === 'string') return text;
  const parts: readonly unknown[] = [family].concat(Array.isArray(given) ? given : []);
  return parts.filter((part) => typeof part === 'string').join('');
}
