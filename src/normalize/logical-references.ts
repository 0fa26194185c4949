import type { JsonObject, Resource, ResourceKey } from '../fhir/resource.ts';
import { isObject, referenceTo } from '../fhir/resource.ts';
import { mapMembers } from './map-json.ts';
import type { SentIdentifier } from './local-identity.ts';
import { readIdentifier } from './local-identity.ts';

/** A Reference that names its target by identifier only. @see https://hl7.org/fhir/R4/references.html#logical */
export interface LogicalReference { readonly type: string | undefined; readonly identifier: SentIdentifier }

/** A Reference has no other members; an element such as a contact that has more is told apart by them. */
const LOGICAL_MEMBERS: ReadonlySet<string> = new Set(['id', 'extension', 'type', '_type', 'identifier', 'display', '_display']);

/** Every logical reference of a resource, in document order. */
export function logicalReferencesOf(resource: Resource): LogicalReference[] {
  const found: LogicalReference[] = [];
  mapLogicalReferences(resource, (reference) => {
    found.push(reference);
    return undefined;
  });
  return found;
}

/**
 * Adds the literal reference to logical ones, where `resolve` gives a key; the identifier stays beside it.
 *
 * @returns the same object where nothing changed
 */
export function mapLogicalReferences(resource: Resource, resolve: (reference: LogicalReference) => ResourceKey | undefined): Resource {
  return mapMembers(resource, (value) => {
    const logical = isObject(value) ? asLogical(value) : undefined;
    if (logical === undefined || !isObject(value)) return undefined;
    const key = resolve(logical);
    return key === undefined ? value : { reference: referenceTo(key), ...value };
  });
}

function asLogical(value: JsonObject): LogicalReference | undefined {
  const sent = value['identifier'];
  if (!isObject(sent)) return undefined;
  for (const name in value) if (!LOGICAL_MEMBERS.has(name)) return undefined;
  const identifier = readIdentifier(sent);
  return identifier === undefined ? undefined : { type: typeof value['type'] === 'string' ? value['type'] : undefined, identifier };
}
