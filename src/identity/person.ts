import { derivedId } from '../fhir/derived-id.ts';
import type { JsonObject, JsonValue, Resource } from '../fhir/resource.ts';
import { isObject, objectsOf } from '../fhir/resource.ts';
import { evidenceExtension, evidenceIn } from './link-evidence.ts';
import type { Evidence } from './partition.ts';

/** Extension of Person: an institution where the person is known. Search parameter `known-at` finds it. */
export const KNOWN_AT_URL = 'https://bund.example/StructureDefinition/known-at';

/** One Patient of a person, the Organizations that know the person through it, and why it is joined; undefined where it is the only one. */
export interface PatientLink { readonly patient: string; readonly knownAt: readonly string[]; readonly evidence?: Evidence | undefined }

/** A Person as the exchange keeps it: a set of Patients that are certainly one person, never a merged copy of them. */
export interface Person {
  readonly id: string;
  /** The valid resident IDs that its Patients carry: one, but where a human or a source joined records of several. */
  readonly residentIds: readonly ResidentId[];
  /** Name of the record that gave the Person its id, after `normalizeName`, '' where it is unknown. */
  readonly name: string;
  readonly links: readonly PatientLink[];
}

export interface ResidentId { readonly system: string; readonly number: string }

/** Logical id of the Person of a number and name, on which all sources agree. */
export function personIdOfResident({ number }: ResidentId, name: string): string {
  return derivedId('Person', 'resident-id', number, name);
}

/** Logical id of a Person that goes by one of its Patients. */
export function personIdOfPatient(patient: string): string {
  return derivedId('Person', 'patient', patient);
}

/**
 * The resource of a Person. Links and institutions are sorted, so that the same set is the same text in whatever order it
 * came about. A Person without Patients is kept, inactive and empty.
 */
export function personResource({ id, residentIds, name, links }: Person): Resource & { readonly id: string } {
  if (links.length === 0) return { resourceType: 'Person', id, active: false };
  const sorted = [...links].sort((a, b) => compare(a.patient, b.patient));
  const knownAt = sortedUnique(links.flatMap((link) => link.knownAt));
  return {
    resourceType: 'Person',
    id,
    ...(knownAt.length === 0 ? {} : { extension: knownAt.map(knownAtExtension) }),
    ...(residentIds.length === 0 ? {} : { identifier: residentIds.map(({ system, number }) => ({ system, value: number })) }),
    ...(name === '' ? {} : { name: [{ text: name }] }),
    active: true,
    link: sorted.map(linkElement),
  };
}

function linkElement({ patient, knownAt, evidence }: PatientLink): JsonObject {
  const extensions = [...sortedUnique(knownAt).map(knownAtExtension), ...(evidence === undefined ? [] : [evidenceExtension(evidence)])];
  return {
    ...(extensions.length === 0 ? {} : { extension: extensions }),
    target: { reference: `Patient/${patient}` },
    ...(evidence === undefined ? {} : { assurance: evidence.rule === 'weights' ? 'level3' : 'level4' }),
  };
}

/** @param body a stored Person, JSON text */
export function parsePerson(body: string): Person {
  const resource: unknown = JSON.parse(body);
  if (!isObject(resource) || typeof resource['id'] !== 'string') throw new TypeError('A stored Person is no resource');
  const name = objectsOf(resource['name'])[0]?.['text'];
  return {
    id: resource['id'],
    residentIds: objectsOf(resource['identifier']).flatMap(({ system, value }) => (typeof system === 'string' && typeof value === 'string' ? [{ system, number: value }] : [])),
    name: typeof name === 'string' ? name : '',
    links: objectsOf(resource['link']).filter(isCertain).flatMap((link) => {
      const patient = idOf(link['target'], 'Patient');
      const evidence = evidenceIn(objectsOf(link['extension']));
      return patient === undefined ? [] : [{ patient, knownAt: knownAtOf(link), ...(evidence === undefined ? {} : { evidence }) }];
    }),
  };
}

/** A link of which somebody says that it is little assured joins nothing. */
function isCertain({ assurance }: JsonObject): boolean {
  return assurance !== 'level1' && assurance !== 'level2';
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
  return objectsOf(element['extension']).flatMap((extension) => {
    const id = extension['url'] === KNOWN_AT_URL ? idOf(extension['valueReference'], 'Organization') : undefined;
    return id === undefined ? [] : [id];
  });
}

function knownAtExtension(organization: string): JsonObject {
  return { url: KNOWN_AT_URL, valueReference: { reference: `Organization/${organization}` } };
}

function sortedUnique(ids: readonly string[]): readonly string[] {
  return [...new Set(ids)].sort(compare);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
