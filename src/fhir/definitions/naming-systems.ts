import type { JsonObject } from '../resource.ts';
import { objects, requiredText, text } from './source.ts';

/**
 * Reads which systems are the same: national codes and numbers have an OID in shared documents, and a uri elsewhere.
 *
 * @param resources NamingSystems; in each of them exactly one `uniqueId` is preferred
 * @returns for every other name of a system, as it stands in `Coding.system` and `Identifier.system`, the preferred one
 * @throws Error that names the NamingSystem, also for two systems of one name
 * @see https://hl7.org/fhir/R4/namingsystem.html
 */
export function preferredSystemsOf(resources: readonly JsonObject[]): ReadonlyMap<string, string> {
  const owners = new Map<string, string>();
  const preferredOf = new Map<string, string>();
  for (const resource of resources) {
    const id = requiredText(resource, 'id');
    const names = objects(resource, 'uniqueId').map((uniqueId) => ({ name: nameOf(uniqueId), isPreferred: uniqueId['preferred'] === true }));
    const [preferred, ...more] = names.filter(({ isPreferred }) => isPreferred);
    if (preferred === undefined || more.length > 0) throw new Error(`NamingSystem ${id}: exactly one uniqueId must be preferred`);
    for (const { name } of names) {
      const other = owners.get(name);
      if (other !== undefined) throw new Error(`NamingSystem ${id}: ${name} is a name of ${other} already`);
      owners.set(name, id);
      if (name !== preferred.name) preferredOf.set(name, preferred.name);
    }
  }
  return preferredOf;
}

function nameOf(uniqueId: JsonObject): string {
  const value = requiredText(uniqueId, 'value');
  switch (text(uniqueId, 'type')) {
    case 'oid': return `urn:oid:${value}`;
    case 'uuid': return `urn:uuid:${value}`;
    default: return value;
  }
}
