import type { JsonObject, JsonValue, Resource } from '../fhir/resource.ts';
import { isList, isObject, textOf } from '../fhir/resource.ts';

/** What the bed of a stay that is over is, by the status of the stay: left, or never taken. */
const LEFT: ReadonlyMap<string, string> = new Map([['finished', 'completed'], ['cancelled', 'planned']]);

/**
 * What follows from one element of a record for another, whoever said that and when: nobody is in a bed after the stay, and
 * a patient's record that another one replaces is not in use.
 *
 * @param resource as messages say it
 * @returns members that it shows in place of those that were said; none where all are as they were
 * @see https://hl7.org/fhir/R4/patient.html#links
 */
export function impliedBy(resource: Resource): JsonObject {
  switch (resource.resourceType) {
    case 'Encounter': return locationsLeft(resource);
    case 'Patient': return resource['active'] !== false && isReplaced(resource) ? { active: false } : {};
    default: return {};
  }
}

function locationsLeft({ status, location }: Resource): JsonObject {
  const left = LEFT.get(textOf(status));
  if (left === undefined || !isList(location) || !location.some(isActive)) return {};
  return { location: location.map((one): JsonValue => (isActive(one) ? { ...one, status: left } : one)) };
}

function isActive(location: JsonValue): location is JsonObject {
  return isObject(location) && location['status'] === 'active';
}

function isReplaced({ link }: Resource): boolean {
  return isList(link) && link.some((one) => isObject(one) && one['type'] === 'replaced-by');
}
