import { membersOfTypes } from '../fhir/definitions/members-of-types.ts';
import type { Definitions } from '../fhir/definitions/model.ts';
import type { Resource } from '../fhir/resource.ts';
import { mapMembers } from './map-json.ts';

const LOCAL_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/;

/** Names of the JSON members that hold a dateTime or an instant wherever they occur in R4. */
export type TimeMembers = ReadonlySet<string>;

const known = new WeakMap<object, TimeMembers>();

/** Reads the names out of the definitions, once; a name that is also a text somewhere is left out. */
export function timeMembersOf(definitions: Pick<Definitions, 'structures'>): TimeMembers {
  const members = known.get(definitions) ?? readTimeMembers(definitions);
  known.set(definitions, members);
  return members;
}

const TIMES: ReadonlySet<string> = new Set(['dateTime', 'instant']);
const TEXTS: ReadonlySet<string> = new Set(['string', 'code', 'markdown', 'uri']);

function readTimeMembers(definitions: Pick<Definitions, 'structures'>): TimeMembers {
  return membersOfTypes(definitions, TIMES).difference(membersOfTypes(definitions, TEXTS));
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
