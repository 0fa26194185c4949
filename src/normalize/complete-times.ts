import type { Definitions, ElementModel } from '../fhir/definitions/model.ts';
import type { Resource } from '../fhir/resource.ts';
import { mapMembers } from './map-json.ts';

const LOCAL_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/;

/** Names of the JSON members that hold a dateTime or an instant wherever they occur in R4. */
export type TimeMembers = ReadonlySet<string>;

const known = new WeakMap<Definitions, TimeMembers>();

/** Reads the names out of the definitions, once; a name that is also a text somewhere is left out. */
export function timeMembersOf(definitions: Definitions): TimeMembers {
  const members = known.get(definitions) ?? readTimeMembers(definitions);
  known.set(definitions, members);
  return members;
}

function readTimeMembers(definitions: Definitions): TimeMembers {
  const times = new Set<string>();
  const others = new Set<string>();
  const visit = (element: ElementModel): void => {
    for (const { code } of element.types) {
      const name = element.isChoice ? element.name + code.charAt(0).toUpperCase() + code.slice(1) : element.name;
      if (code === 'dateTime' || code === 'instant') times.add(name);
      else if (code === 'string' || code === 'code' || code === 'markdown' || code === 'uri') others.add(name);
    }
    element.children.forEach(visit);
  };
  for (const structure of definitions.structures.values()) {
    if (structure.derivation === 'specialization') visit(structure.root);
  }
  return times.difference(others);
}

/**
 * Adds the source's offset to local times, which R4 would refuse; a missing second is zero, as R4 advises.
 *
 * @param offset `+08:00`
 * @returns the same object where nothing changed
 * @see https://hl7.org/fhir/R4/datatypes.html#dateTime
 */
export function completeTimes(resource: Resource, offset: string, members: TimeMembers): Resource {
  return mapMembers(resource, (value, name) => {
    if (typeof value !== 'string' || !members.has(name) || !LOCAL_TIME.test(value)) return undefined;
    return value + (value.length === 'yyyy-mm-ddThh:mm'.length ? ':00' : '') + offset;
  });
}
