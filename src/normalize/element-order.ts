import type { Definitions } from '../fhir/definitions/model.ts';

/** The elements of one resource type, as the specification lists them. */
export interface ElementOrder {
  /** Element to which a JSON member belongs: `deceased` for `deceasedBoolean`, `birthDate` for `_birthDate`. */
  pathOf(member: string): string;
  /** Place of a member among the others of its type. */
  rank(member: string): number;
}

const known = new WeakMap<Definitions, Map<string, ElementOrder>>();

/** Read out of the definitions once a type. */
export function elementOrderOf(definitions: Definitions, type: string): ElementOrder {
  const orders = known.get(definitions) ?? new Map<string, ElementOrder>();
  known.set(definitions, orders);
  const order = orders.get(type) ?? readOrder(definitions, type);
  orders.set(type, order);
  return order;
}

function readOrder(definitions: Definitions, type: string): ElementOrder {
  const elements = definitions.structures.get(`http://hl7.org/fhir/StructureDefinition/${type}`)?.root.children ?? [];
  const paths = new Map<string, { readonly path: string; readonly rank: number }>();
  for (const [rank, { name, isChoice, types }] of elements.entries()) {
    const members = isChoice ? types.map(({ code }) => name + code.charAt(0).toUpperCase() + code.slice(1)) : [name];
    for (const member of members) {
      paths.set(member, { path: name, rank });
      paths.set(`_${member}`, { path: name, rank });
    }
  }
  return {
    pathOf: (member) => paths.get(member)?.path ?? member,
    rank: (member) => paths.get(member)?.rank ?? elements.length,
  };
}
