import { isObject, type JsonObject, objectsOf, type Resource } from '../../fhir/resource.ts';
import { phonesOf } from './elements.ts';
import type { Name } from './names/name.ts';
import { readName } from './names/read-name.ts';

/** Relationships that a guardian of a child does not have. */
const NOT_A_GUARDIAN = /spouse|husband|wife|child|son|daughter|employer|配偶|丈夫|妻子|子女|儿子|女儿|单位/iu;
const NOT_A_GUARDIAN_CODES: ReadonlySet<string> = new Set(['SPS', 'HUSB', 'WIFE', 'CHILD', 'SON', 'DAU', 'NCHILD', 'SONC', 'DAUC', 'E', 'F', 'I', 'S', 'O']);

/** Mother, father or guardian of a patient: their names, and the numbers under which the patient is reached through them. */
export function guardiansOf(patient: Resource, related: readonly Resource[]): { readonly names: readonly Name[]; readonly phones: readonly string[] } {
  const people = [...objectsOf(patient['contact']), ...related.filter(({ resourceType }) => resourceType === 'RelatedPerson')].slice(0, 8).filter(mayBeGuardian);
  return { names: people.flatMap(namesOf), phones: people.flatMap(phonesOf) };
}

/** A contact has one name, a RelatedPerson several. */
function namesOf({ name }: JsonObject): readonly Name[] {
  return (isObject(name) ? [name] : objectsOf(name)).slice(0, 4).flatMap((one) => readName(one) ?? []);
}

function mayBeGuardian({ relationship }: JsonObject): boolean {
  return objectsOf(relationship).every((concept) => {
    const codings = objectsOf(concept['coding']);
    const words = [concept['text'], ...codings.map(({ display }) => display)].filter((word) => typeof word === 'string');
    return !words.some((word) => NOT_A_GUARDIAN.test(word)) && !codings.some(({ code }) => typeof code === 'string' && NOT_A_GUARDIAN_CODES.has(code));
  });
}
