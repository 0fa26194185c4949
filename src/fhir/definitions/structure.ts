import type { JsonObject } from '../resource.ts';
import { R4_BASE } from './model.ts';
import type { ConstraintModel, ElementModel, SlicingModel, Structure, TypeModel } from './model.ts';
import { correctedElements } from './r4-corrections.ts';
import { child, choice, objects, requiredText, text, texts, withoutVersion } from './source.ts';

/** The members of an ElementModel that a StructureDefinition may leave to its base. */
export type ElementChanges = Partial<Omit<ElementModel, 'path' | 'name' | 'isChoice' | 'children' | 'slices'>>;

/** Distils a StructureDefinition of a base type from its published snapshot. */
export function structureFromSnapshot(definition: JsonObject): Structure {
  const [root, ...rest] = correctedElements(objects(child(definition, 'snapshot'), 'element'));
  if (root === undefined) throw new Error(`${requiredText(definition, 'url')} has no snapshot`);
  const head = structureHead(definition);
  const tree = treeOf(root, rest);
  return { ...head, root: head.kind === 'resource' ? { ...tree, children: tree.children.map(withIdType) } : tree };
}

/** R4 publishes `Resource.id` as a string by mistake, its text and its JSON schema say id. */
function withIdType(element: ElementModel): ElementModel {
  return element.name === 'id' ? { ...element, types: [{ code: 'id' }] } : element;
}

/** Everything of a Structure that is not its elements. */
export function structureHead(definition: JsonObject): Omit<Structure, 'root'> {
  const base = text(definition, 'baseDefinition');
  const kind = text(definition, 'kind');
  return {
    url: requiredText(definition, 'url'), name: requiredText(definition, 'name'), type: requiredText(definition, 'type'),
    kind: kind === 'resource' || kind === 'primitive-type' ? kind : 'complex-type',
    abstract: definition['abstract'] === true,
    ...(base === undefined ? {} : { base }),
    derivation: text(definition, 'derivation') === 'constraint' ? 'constraint' : 'specialization',
  };
}

/** `value` and true for `Observation.value[x]`. */
export function nameOf(path: string): Pick<ElementModel, 'name' | 'isChoice'> {
  const last = path.slice(path.lastIndexOf('.') + 1);
  return last.endsWith('[x]') ? { name: last.slice(0, -3), isChoice: true } : { name: last, isChoice: false };
}

/** What one ElementDefinition says; a member that it leaves out is left out. */
export function elementChanges(element: JsonObject): ElementChanges {
  const { min } = element;
  const max = text(element, 'max');
  const contentReference = text(element, 'contentReference');
  const binding = bindingOf(child(element, 'binding'));
  const fixed = choice(element, 'fixed');
  const pattern = choice(element, 'pattern');
  const slicing = slicingOf(child(element, 'slicing'));
  return {
    ...(typeof min === 'number' ? { min } : {}),
    ...(max === undefined ? {} : { max: max === '*' ? -1 : Number(max) }),
    ...(element['type'] === undefined ? {} : { types: objects(element, 'type').map(typeOf) }),
    ...(contentReference === undefined ? {} : { contentReference: contentReference.slice(contentReference.indexOf('#') + 1) }),
    ...(binding === undefined ? {} : { binding }),
    ...(element['constraint'] === undefined ? {} : { constraints: constraintsOf(element) }),
    ...(fixed === undefined ? {} : { fixed }),
    ...(pattern === undefined ? {} : { pattern }),
    ...(slicing === undefined ? {} : { slicing }),
    ...(element['isSummary'] === undefined ? {} : { isSummary: element['isSummary'] === true }),
  };
}

function treeOf(element: JsonObject, descendants: readonly JsonObject[]): ElementModel {
  const path = requiredText(element, 'path');
  const depth = path.split('.').length;
  const below = descendants.filter((other) => requiredText(other, 'path').startsWith(`${path}.`));
  const children = below.filter((other) => requiredText(other, 'path').split('.').length === depth + 1);
  // Slicing in base types only says that extensions are told apart by url, which holds anyway.
  const { slicing: _slicing, ...changes } = elementChanges(element);
  return {
    path, ...nameOf(path), min: 0, max: 1, types: [], constraints: [], isSummary: false, ...changes,
    children: children.filter((other) => !isPrimitiveValue(other)).map((other) => treeOf(other, below)),
  };
}

/** `string.value` and its like stand for the JSON value itself. */
function isPrimitiveValue(element: JsonObject): boolean {
  return texts(element, 'representation').includes('xmlAttr') && /^[a-z]\w*\.value$/.test(requiredText(element, 'path'));
}

/**
 * Constraints with a `source` are repeated from the type that defines them, and hold by that type.
 */
function constraintsOf(element: JsonObject): ConstraintModel[] {
  return objects(element, 'constraint').flatMap((constraint) => {
    const expression = text(constraint, 'expression');
    if (expression === undefined || text(constraint, 'source') !== undefined) return [];
    return [{
      key: requiredText(constraint, 'key'), severity: text(constraint, 'severity') === 'warning' ? 'warning' : 'error',
      human: requiredText(constraint, 'human'), expression,
    } as const];
  });
}

function typeOf(type: JsonObject): TypeModel {
  const profiles = texts(type, 'profile').map(withoutVersion);
  const targets = texts(type, 'targetProfile').map(withoutVersion).map((target) => target.startsWith(R4_BASE) ? target.slice(R4_BASE.length) : target);
  return {
    code: fhirType(type) ?? requiredText(type, 'code'),
    ...(profiles.length === 0 ? {} : { profiles }),
    ...(targets.length === 0 || targets.includes('Resource') ? {} : { targets }),
  };
}

/** The FHIR type of an element that is published with a FHIRPath System type. */
function fhirType(type: JsonObject): string | undefined {
  const extension = objects(type, 'extension').find((item) => text(item, 'url') === `${R4_BASE}structuredefinition-fhir-type`);
  return extension === undefined ? undefined : text(extension, 'valueUrl');
}

function bindingOf(binding: JsonObject): ElementModel['binding'] {
  const strength = text(binding, 'strength');
  const valueSet = text(binding, 'valueSet');
  if (valueSet === undefined) return undefined;
  if (strength !== 'required' && strength !== 'extensible' && strength !== 'preferred' && strength !== 'example') return undefined;
  return { strength, valueSet: withoutVersion(valueSet) };
}

function slicingOf(slicing: JsonObject): SlicingModel | undefined {
  const rules = text(slicing, 'rules');
  if (rules === undefined) return undefined;
  return {
    rules: rules === 'closed' || rules === 'openAtEnd' ? rules : 'open',
    discriminators: objects(slicing, 'discriminator').map((item) => ({ type: requiredText(item, 'type'), path: requiredText(item, 'path') })),
  };
}
