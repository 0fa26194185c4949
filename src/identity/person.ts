import type { JsonObject, JsonValue, Resource } from '../fhir/resource.ts';
import { isObject } from '../fhir/resource.ts';

/** Extension of Person: an institution where the person is known. Search parameter `known-at` finds it. */
export const KNOWN_AT_URL = 'https://bund.example/StructureDefinition/known-at';

/** One Patient of a person, and the Organizations that know the person through it. */
export interface PatientLink { readonly patient: string; readonly knownAt: readonly string[] }

/** A Person as the exchange keeps it: a set of Patients, never a merged copy of them. */
export interface Person {
  readonly id: string;
  /** The valid resident ID that all of its Patients carry. */
  readonly residentId: ResidentId | undefined;
  /** Their name after `normalizeName`, '' where it is unknown. */
  readonly name: string;
  readonly links: readonly PatientLink[];
}

export interface ResidentId { readonly system: string; readonly number: string }

/**
 * The resource of a Person. Links and institutions are sorted, so that the same set is the same text in whatever order it
 * came about. A Person without Patients is kept, inactive and empty.
 */
export function personResource({ id, residentId, name, links }: Person): Resource & { readonly id: string } {
  if (links.length === 0) return { resourceType: 'Person', id, active: false };
  const sorted = [...links].sort((a, b) => compare(a.patient, b.patient));
  const knownAt = sortedUnique(links.flatMap((link) => link.knownAt));
  return {
    resourceType: 'Person',
    id,
    ...(knownAt.length === 0 ? {} : { extension: knownAt.map(knownAtExtension) }),
    ...(residentId === undefined ? {} : { identifier: [{ system: residentId.system, value: residentId.number }] }),
    ...(name === '' ? {} : { name: [{ text: name }] }),
    active: true,
    link: sorted.map((link) => ({
      ...(link.knownAt.length === 0 ? {} : { extension: sortedUnique(link.knownAt).map(knownAtExtension) }),
      target: { reference: `Patient/${link.patient}` },
    })),
  };
}

/** @param body a stored Person, JSON text */
export function parsePerson(body: string): Person {
  const resource: unknown = JSON.parse(body);
  if (!isObject(resource) || typeof resource['id'] !== 'string') throw new TypeError('A stored Person is no resource');
  const identifier = listOf(resource['identifier'])[0];
  const { system, value } = identifier ?? {};
  const name = listOf(resource['name'])[0]?.['text'];
  return {
    id: resource['id'],
    residentId: typeof system === 'string' && typeof value === 'string' ? { system, number: value } : undefined,
    name: typeof name === 'string' ? name : '',
    links: listOf(resource['link']).flatMap((link) => {
      const patient = idOf(link['target'], 'Patient');
      return patient === undefined ? [] : [{ patient, knownAt: knownAtOf(link) }];
    }),
  };
}

/** Logical id of a Reference to a resource of the type in this exchange. */
export function idOf(reference: JsonValue | undefined, type: string): string | undefined {
  const text = isObject(reference) ? reference['reference'] : undefined;
  return typeof text === 'string' && text.startsWith(`${type}/`) ? text.slice(type.length + 1) : undefined;
}

/** Institutions that know a person. */
export function facilitiesOfPerson(person: Person): readonly string[] {
  return sortedUnique(person.links.flatMap((link) => link.knownAt));
}

function knownAtOf(element: JsonObject): readonly string[] {
  return listOf(element['extension']).flatMap((extension) => {
    const id = extension['url'] === KNOWN_AT_URL ? idOf(extension['valueReference'], 'Organization') : undefined;
    return id === undefined ? [] : [id];
  });
}

function knownAtExtension(organization: string): JsonObject {
  return { url: KNOWN_AT_URL, valueReference: { reference: `Organization/${organization}` } };
}

export function listOf(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function sortedUnique(ids: readonly string[]): readonly string[] {
  return [...new Set(ids)].sort(compare);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
