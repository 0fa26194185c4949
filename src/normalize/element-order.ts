import type { Definitions, ElementModel } from '../fhir/definitions/model.ts';

/** The elements of one resource type, as the specification lists them. */
export interface ElementOrder {
  /** Element to which a JSON member belongs: `deceased` for `deceasedBoolean`, `birthDate` for `_birthDate`. */
  pathOf(member: string): string;
  /** Place of a member among the others of its type. */
  rank(member: string): number;
  /** Place of a member within an element of the type: of `end` within `period`. */
  rankWithin(element: string, member: string): number;
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
  const within = new Map<string, readonly string[]>();
  const membersOf = (name: string): readonly string[] => {
    const known = within.get(name) ?? readMembers(definitions, elements.find((element) => element.name === name));
    within.set(name, known);
    return known;
  };
  return {
    pathOf: (member) => paths.get(member)?.path ?? member,
    rank: (member) => paths.get(member)?.rank ?? elements.length,
    rankWithin: (element, member) => membersOf(element).indexOf(member.replace('_', '')),
  };
}

/** Members of a backbone element, else of the data type. */
function readMembers(definitions: Definitions, element: ElementModel | undefined): readonly string[] {
  if (element === undefined) return [];
  const children = element.children.length > 0 ? element.children : definitions.structures.get(`http://hl7.org/fhir/StructureDefinition/${element.types[0]?.code ?? ''}`)?.root.children;
  return (children ?? []).map(({ name }) => name);
}
