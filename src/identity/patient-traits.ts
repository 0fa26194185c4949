import type { JsonObject, Resource } from '../fhir/resource.ts';
import { isResidentId, RESIDENT_ID_SYSTEMS } from '../fhir/validation/identifiers.ts';
import type { ResidentId } from './person.ts';
import { objectsOf } from '../fhir/resource.ts';

/** What gives a Person its id. */
export interface Traits {
  /** Valid, checked; undefined where the record carries none. */
  readonly residentId: ResidentId | undefined;
  /** After `normalizeName`; '' where the record carries none. */
  readonly name: string;
}

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

/** A record with two different valid numbers belongs to nobody for certain. */
function residentIdOf(patient: Resource): ResidentId | undefined {
  const numbers = new Set(objectsOf(patient['identifier']).flatMap(({ system, value, use }) => {
    const isCurrent = use !== 'old' && typeof system === 'string' && RESIDENT_ID_SYSTEMS.includes(system);
    const number = typeof value === 'string' ? value.toUpperCase() : '';
    return isCurrent && isResidentId(number) ? [number] : [];
  }));
  const [number] = numbers;
  const [system] = RESIDENT_ID_SYSTEMS;
  return numbers.size === 1 && number !== undefined && system !== undefined ? { system, number } : undefined;
}

const NAME_RANK: readonly unknown[] = ['official', 'usual', undefined];

/** The name by which a Patient goes, as it was sent; '' where it has none. */
export function displayName(patient: Resource): string {
  return primaryName(patient);
}

function primaryName(patient: Resource): string {
  const names = objectsOf(patient['name']).filter(({ use }) => use !== 'old' && use !== 'maiden' && use !== 'nickname');
  const ranked = NAME_RANK.map((rank) => names.find(({ use }) => use === rank)).find((name) => name !== undefined) ?? names[0];
  return ranked === undefined ? '' : nameText(ranked);
}

function nameText({ text, family, given }: JsonObject): string {
  if (typeof text === 'string') return text;
  const parts: readonly unknown[] = [family].concat(Array.isArray(given) ? given : []);
  return parts.filter((part) => typeof part === 'string').join('');
}
