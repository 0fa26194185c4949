import { parseReference } from '../references.ts';
import { isObject, type JsonObject } from '../resource.ts';
import { plain, type Item } from '../path/compile.ts';
import type { ReferenceTerm } from './terms.ts';
import type { TermLists } from './term-lists.ts';
import { identifierAdder } from './token-terms.ts';

/**
 * Makes the function that adds the terms of a Reference or canonical. A reference by identifier becomes a token under
 * `subject:identifier`, whether or not it also has a literal reference. A contained resource is nobody else's to find.
 *
 * @param baseUrl of this server: an absolute reference below it is a local one
 * @param systems as for `tokenAdder`
 * @see https://hl7.org/fhir/R4/search.html#reference
 */
export function referenceAdder(baseUrl: string | undefined, systems: ReadonlyMap<string, string>): (item: Item, param: string, into: TermLists) => void {
  const addIdentifier = identifierAdder(systems);
  return (item, param, into) => {
    const value = plain(item);
    if (typeof value === 'string') addCanonical(value, param, into);
    else if (isObject(value)) addReference(value, param, into, { baseUrl, addIdentifier });
  };
}

/** Under which `subject:identifier` is indexed. */
export function identifierParam(param: string): string {
  return `${param}:identifier`;
}

/** Where a literal reference leads, undefined for a contained resource. */
export function referenceTarget(reference: string, baseUrl: string | undefined): Omit<ReferenceTerm, 'param'> | undefined {
  const parsed = parseReference(reference);
  switch (parsed.kind) {
    case 'contained': return undefined;
    case 'relative': return { type: parsed.type, id: parsed.id, url: '' };
    case 'absolute': return parsed.base === baseUrl ? { type: parsed.type, id: parsed.id, url: '' } : { type: '', id: '', url: `${parsed.base}/${parsed.type}/${parsed.id}` };
    case 'conditional': case 'url': return { type: '', id: '', url: reference };
  }
}

function addReference(value: JsonObject, param: string, into: TermLists, { baseUrl, addIdentifier }: { readonly baseUrl: string | undefined; readonly addIdentifier: ReturnType<typeof identifierAdder> }): void {
  const { reference, identifier, resourceType, id } = value;
  if (typeof resourceType === 'string') {
    if (typeof id === 'string') into.reference.push({ param, type: resourceType, id, url: '' });
    return;
  }
  if (isObject(identifier)) addIdentifier(identifier, identifierParam(param), into);
  const target = typeof reference === 'string' ? referenceTarget(reference, baseUrl) : undefined;
  if (target !== undefined) into.reference.push({ param, ...target });
}

/** A canonical is found with and without its version. */
function addCanonical(canonical: string, param: string, into: TermLists): void {
  into.reference.push({ param, type: '', id: '', url: canonical });
  const bar = canonical.indexOf('|');
  if (bar > 0) into.reference.push({ param, type: '', id: '', url: canonical.slice(0, bar) });
}
