import type { ElementModel } from '../fhir/definitions/model.ts';
import { isObject } from '../fhir/resource.ts';
import type { JsonObject, Resource } from '../fhir/resource.ts';
import type { Services } from '../services.ts';

/** Which part of each resource a search asks for: the names of `_elements`, or a kind of `_summary`. */
export type Part = readonly string[] | 'true' | 'text' | 'data';

const ALWAYS = new Set(['resourceType', 'id', 'meta']);
const SUBSETTED: JsonObject = { system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED', display: 'subsetted' };

/**
 * The asked part of a resource, with the elements that must not be missing, marked as a part so that nobody stores it back.
 * @see https://hl7.org/fhir/R4/search.html#summary
 */
export function subsetOf(services: Services, resource: Resource, part: Part): Resource {
  const wanted = choose(services, resource.resourceType, part);
  const members = Object.entries(resource).filter(([name]) => ALWAYS.has(name) || wanted(name));
  return { ...Object.fromEntries(members), resourceType: resource.resourceType, meta: markedMeta(resource.meta) };
}

function markedMeta(meta: JsonObject | undefined): JsonObject {
  const tags = Array.isArray(meta?.['tag']) ? meta['tag'].filter(isObject) : [];
  return { ...meta, tag: [...tags, SUBSETTED] };
}

function choose(services: Services, type: string, part: Part): (member: string) => boolean {
  if (part === 'data') return (member) => member !== 'text';
  const elements = services.fhir.definitions.structures.get(`http://hl7.org/fhir/StructureDefinition/${type}`)?.root.children ?? [];
  const kept = elements.filter((element) => element.min > 0 || isAsked(element, part));
  return (member) => kept.some((element) => isMemberOf(member, element));
}

function isAsked(element: ElementModel, part: Part): boolean {
  if (part === 'true') return element.isSummary;
  return part === 'text' ? element.name === 'text' : part.includes(element.name);
}

/** `_birthDate` belongs to `birthDate`, `valueQuantity` to `value[x]`. */
function isMemberOf(member: string, { name, isChoice }: ElementModel): boolean {
  const plain = member.startsWith('_') ? member.slice(1) : member;
  return plain === name || (isChoice && plain.startsWith(name) && /^[A-Z]/.test(plain.slice(name.length)));
}
