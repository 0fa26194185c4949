import { parseReference } from '../references.ts';
import { isObject, type JsonObject, type Resource } from '../resource.ts';
import { itemsOf, membersOf, plain, type Collection, type Item } from './item.ts';
import { buildMember } from './member.ts';
import { Uncompilable, onlyArgument, type Call, type Node, type PathEnvironment, type Scope } from './node.ts';
import { single } from './operators.ts';

/** The functions that walk the tree of a resource, or leave it. */
export const TREE: Readonly<Record<string, (call: Call) => Node>> = {
  children: (call) => ({ shapes: undefined, run: (scope) => call.of.run(scope).flatMap(childrenOf) }),
  descendants: (call) => ({ shapes: undefined, run: (scope) => {
    const found: Item[] = [];
    for (const item of call.of.run(scope)) addDescendants(item, found);
    return found;
  } }),
  extension: (call) => {
    const extensions = buildMember(call.of, 'extension', call.builder);
    const url = call.build(onlyArgument(call), call.builder);
    return { shapes: extensions.shapes, run: (scope) => {
      const wanted = single(url.run(scope));
      return extensions.run(scope).filter((item) => membersOf(item)?.['url'] === wanted);
    } };
  },
  resolve: (call) => ({ shapes: undefined, run: (scope) => call.of.run(scope).flatMap((item) => resolved(item, scope)) }),
  /** What the label and projection of a trace would print is left out: a log must not hold patient data. */
  trace: (call) => call.of,
  htmlChecks: () => {
    throw new Uncompilable('htmlChecks() is a rule of the validator');
  },
};

function childrenOf(item: Item): Collection {
  const members = membersOf(item);
  if (members === undefined) return [];
  const children: Item[] = [];
  for (const name in members) {
    if (name === 'resourceType') continue;
    if (!name.startsWith('_')) children.push(...itemsOf(members[name], members[`_${name}`]));
    else if (members[name.slice(1)] === undefined) children.push(...itemsOf(undefined, members[name]));
  }
  return children;
}

function addDescendants(item: Item, found: Item[]): void {
  for (const child of childrenOf(item)) {
    found.push(child);
    addDescendants(child, found);
  }
}

function resolved(item: Item, scope: Scope): readonly JsonObject[] {
  const value = plain(item);
  const reference = isObject(value) ? value['reference'] ?? typeHint(value) : value;
  const resource = typeof reference === 'string' ? find(reference, scope.environment) : undefined;
  return resource === undefined ? [] : [resource];
}

/** A reference by identifier alone can still say the type of its target. */
function typeHint(reference: JsonObject): string | undefined {
  return typeof reference['type'] === 'string' ? `${reference['type']}/-` : undefined;
}

function find(reference: string, environment: PathEnvironment): Resource | undefined {
  if (reference.startsWith('#')) return findContained(reference.slice(1), environment.rootResource ?? environment.resource);
  const known = environment.resolve?.(reference);
  if (known !== undefined) return known;
  const parts = parseReference(reference);
  return parts.kind === 'relative' || parts.kind === 'absolute' ? { resourceType: parts.type, id: parts.id } : undefined;
}

function findContained(id: string, container: Resource | undefined): Resource | undefined {
  if (container === undefined || id === '') return container;
  const contained = container['contained'];
  if (!Array.isArray(contained)) return undefined;
  return contained.find((item): item is Resource => isObject(item) && item['id'] === id && typeof item['resourceType'] === 'string');
}
