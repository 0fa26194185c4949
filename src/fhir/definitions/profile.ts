import type { JsonObject } from '../resource.ts';
import { R4_BASE } from './model.ts';
import type { ElementModel, SliceModel, Structure, TypeModel } from './model.ts';
import { child, objects, requiredText } from './source.ts';
import { elementChanges, structureHead } from './structure.ts';
import type { ElementChanges } from './structure.ts';

/** One element of a differential, with the part of its id that lies below the element being worked on. */
interface Difference { readonly below: readonly Segment[]; readonly changes: ElementChanges }
interface Segment { readonly name: string; readonly sliceName?: string }

/** Finds a structure that is already distilled, by canonical. */
export type FindStructure = (url: string) => Structure | undefined;

/**
 * Distils a profile: its differential, each element completed from the base. Slices are read from the element ids
 * (`Patient.identifier:residentId.system`); slicing of a choice by type is not supported.
 *
 * @param find must know the base of the profile, the types it uses, and the profiles it points to
 * @throws Error naming the element that does not exist in the base, or what is not supported
 */
export function structureFromDifferential(definition: JsonObject, find: FindStructure): Structure {
  const head = structureHead(definition);
  const base = head.base === undefined ? undefined : find(head.base);
  if (base === undefined) throw new Error(`${head.url} derives from ${head.base ?? 'nothing'}, which is not known`);
  const differences = objects(child(definition, 'differential'), 'element').map((element): Difference => ({
    below: segmentsOf(requiredText(element, 'id')).slice(1), changes: elementChanges(element),
  }));
  const start = base.derivation === 'constraint' ? base.root : untouched(base.root, base.root.path);
  return { ...head, root: constrained(start, differences, find) };
}

function segmentsOf(id: string): Segment[] {
  return id.split('.').map((part) => {
    const [name = '', sliceName] = part.split(':');
    return { name: name.replace(/\[x\]$/, ''), ...(sliceName === undefined ? {} : { sliceName }) };
  });
}

/** An element of the base as a profile starts from it: nothing below it, and nothing beyond what the base itself checks. */
function untouched(element: ElementModel, path: string): ElementModel {
  return { ...element, path, constraints: [], children: [] };
}

function constrained(start: ElementModel, differences: readonly Difference[], find: FindStructure): ElementModel {
  const own = differences.filter((difference) => difference.below.length === 0);
  const element = own.reduce((current, { changes }) => merged(current, changes, find), start);
  const names = new Set(differences.flatMap(({ below: [first] }) => first === undefined ? [] : [first.name]));
  const changed = [...names].map((name) => {
    const known = element.children.find((item) => item.name === name) ?? untouched(baseChild(element, name, find), `${element.path}.${name}`);
    return constrainedChild(known, differences.filter(({ below: [first] }) => first?.name === name), find);
  });
  return { ...element, children: [...element.children.filter((item) => !names.has(item.name)), ...changed] };
}

function constrainedChild(start: ElementModel, differences: readonly Difference[], find: FindStructure): ElementModel {
  const whole = differences.filter(({ below: [first] }) => first?.sliceName === undefined);
  const element = constrained(start, whole.map(descended), find);
  const sliceNames = new Set(differences.flatMap(({ below: [first] }) => first?.sliceName === undefined ? [] : [first.sliceName]));
  if (sliceNames.size === 0) return element;
  if (element.isChoice) throw new Error(`${element.path}: slicing of a choice element is not supported`);
  const slices = [...sliceNames].map((sliceName): SliceModel => {
    const { slicing: _slicing, slices: _slices, ...unsliced } = element;
    const known = element.slices?.find((slice) => slice.sliceName === sliceName) ?? { ...unsliced, min: 0, constraints: [] };
    return { ...constrained(known, differences.filter(({ below: [first] }) => first?.sliceName === sliceName).map(descended), find), sliceName };
  });
  const untouchedSlices = element.slices?.filter((slice) => !sliceNames.has(slice.sliceName)) ?? [];
  // Extensions are sliced by url without saying so.
  const slicing = element.slicing ?? { rules: 'open', discriminators: [{ type: 'value', path: 'url' }] } as const;
  return { ...element, slicing, slices: [...untouchedSlices, ...slices] };
}

function descended(difference: Difference): Difference {
  return { below: difference.below.slice(1), changes: difference.changes };
}

function merged(element: ElementModel, changes: ElementChanges, find: FindStructure): ElementModel {
  return {
    ...element, ...changes,
    constraints: [...element.constraints, ...changes.constraints ?? []],
    types: (changes.types ?? element.types).map((type) => withTargetTypes(type, find)),
  };
}

/** Where a profile points to a profile, what can be checked of a reference is the type that one describes. */
function withTargetTypes(type: TypeModel, find: FindStructure): TypeModel {
  if (type.targets === undefined) return type;
  return { ...type, targets: type.targets.map((target) => target.includes('/') ? find(target)?.type ?? target : target) };
}

function baseChild(parent: ElementModel, name: string, find: FindStructure): ElementModel {
  const typeName = parent.path.split('.')[0] ?? '';
  const inline = elementAt(find(R4_BASE + typeName)?.root, parent.contentReference ?? parent.path);
  const candidates = [inline, ...parent.types.map((type) => find(R4_BASE + type.code)?.root)];
  for (const candidate of candidates) {
    const found = candidate?.children.find((item) => item.name === name);
    if (found !== undefined) return found;
  }
  throw new Error(`${parent.path}.${name} does not exist in the base definition`);
}

function elementAt(root: ElementModel | undefined, path: string): ElementModel | undefined {
  if (root === undefined || root.path === path) return root;
  const next = root.children.find((item) => path === item.path || path.startsWith(`${item.path}.`));
  return elementAt(next, path);
}
