import { structureOfType } from '../definitions/model.ts';
import type { Definitions, ElementModel, TypeModel } from '../definitions/model.ts';
import { codeFault, conceptFault } from './binding.ts';
import type { CodeTest } from './binding.ts';
import { extensionCheck } from './extension-check.ts';
import { invariantCheck, invariantsOf } from './invariant.ts';
import { elementName } from './location.ts';
import { objectList, primitiveList, primitiveSibling, reportFault, singleObject, singlePrimitive } from './member.ts';
import type { Member } from './member.ts';
import { objectCheck } from './object-check.ts';
import { primitiveCheck } from './primitive.ts';
import type { PrimitiveCheck } from './primitive.ts';
import { referenceCheck } from './reference-check.ts';
import type { Check } from './run.ts';

/** What the checks of the definitions are compiled to, each on first use. */
export interface Compiler {
  readonly definitions: Definitions;
  /** The check of a complex type, or of a resource type without what holds for resources as a whole. */
  typeCheck(type: string): Check;
  /** The concrete resource types. */
  readonly resourceTypes: ReadonlySet<string>;
  /** The check of the children that content references to this element share. */
  sharedCheck(path: string): Check;
  /** The check of a resource within `contained`. */
  readonly containedResource: Check;
  /** The check of a resource within a Bundle or Parameters. */
  readonly innerResource: Check;
  /** The check of a profile by its canonical; undefined for one that is not known. */
  profileCheck(url: string): Check | undefined;
  codeTest(valueSet: string): CodeTest | undefined;
}

const URI_TYPES: ReadonlySet<string> = new Set(['uri', 'url', 'canonical']);

/** Compiles the check of an object from its element model: a type's root, or a backbone element. */
export function compileObject(element: ElementModel, compiler: Compiler): Check {
  const members = new Map<string, Member>();
  const required: { bit: number; name: string; properties: readonly string[] }[] = [];
  let bit = 1;
  for (const child of element.children) {
    const isCounted = child.min > 0 || child.isChoice;
    const own = membersOf(child, isCounted ? bit : 0, compiler);
    for (const member of own) members.set(member.property, member);
    if (child.min > 0) required.push({ bit, name: child.name, properties: own.filter((member) => !member.isSibling).map((member) => member.property) });
    if (isCounted) bit *= 2;
  }
  if (bit > 2 ** 30) throw new Error(`${element.path} has more required and choice elements than fit`);
  const isResource = structureOfType(compiler.definitions, element.path)?.kind === 'resource';
  // An Element as such is the `_name` beside a primitive, whose content may be the primitive's value.
  const needsContent = !isResource && element.path !== 'Element';
  return objectCheck({ members, required, requiredBits: required.reduce((bits, item) => bits | item.bit, 0), isResource, needsContent });
}

function membersOf(child: ElementModel, bit: number, compiler: Compiler): Member[] {
  const { contentReference } = child;
  if (contentReference !== undefined) return [objectMember(child, { step: child.name, property: child.name, bit }, withInvariants(compiler.sharedCheck(contentReference), child, compiler))];
  return child.types.flatMap((type) => {
    const property = child.isChoice ? child.name + type.code.charAt(0).toUpperCase() + type.code.slice(1) : child.name;
    const step = child.isChoice ? `${child.name}.ofType(${type.code})` : child.name;
    const isPrimitive = structureOfType(compiler.definitions, type.code)?.kind === 'primitive-type';
    return isPrimitive ? primitiveMembers(child, type, { step, property, bit }, compiler) : [objectMember(child, { step, property, bit }, valueCheck(child, type, compiler))];
  });
}

interface Naming { readonly step: string; readonly property: string; readonly bit: number }

function objectMember(child: ElementModel, { step, property, bit }: Naming, check: Check): Member {
  const member = child.max === 1 ? singleObject(step, property, check) : objectList(step, property, check);
  return { property, isSibling: false, twin: `_${property}`, bit, isChoice: child.isChoice, choiceName: child.name, check: member };
}

function primitiveMembers(child: ElementModel, type: TypeModel, { step, property, bit }: Naming, compiler: Compiler): Member[] {
  const isList = child.max !== 1;
  const common = { bit, isChoice: child.isChoice, choiceName: child.name };
  const invariants = invariantCheck(invariantsOf(child.constraints, child, compiler.definitions));
  const parts = { step, property, test: primitiveTest(child, type, compiler), then: URI_TYPES.has(type.code) ? noteFragment : invariants };
  const member: Member = { ...common, property, isSibling: false, twin: `_${property}`, check: isList ? primitiveList(parts) : singlePrimitive(parts) };
  if (!hasSibling(child)) return [member];
  const check = primitiveSibling(step, property, isList, compiler.typeCheck('Element'));
  return [member, { ...common, property: `_${property}`, isSibling: true, twin: property, check }];
}

/** `id` of elements and `url` of extensions are attributes, which have no extensions of their own. */
function hasSibling(child: ElementModel): boolean {
  return child.name !== 'id' && child.path !== 'Extension.url';
}

/** Compiles the element whose children a content reference shares, with its invariants. @param path as published, `Questionnaire.item` */
export function compileShared(path: string, compiler: Compiler): Check {
  const [type = '', ...names] = path.split('.');
  const root = structureOfType(compiler.definitions, type)?.root;
  const element = names.reduce((parent, name) => parent?.children.find((child) => child.name === name), root);
  if (element === undefined) throw new Error(`The definitions have no element ${path}`);
  return withInvariants(compileObject(element, compiler), element, compiler);
}

/** The check of one value of a complex type at one element. */
function valueCheck(element: ElementModel, type: TypeModel, compiler: Compiler): Check {
  const checks: Check[] = [structuralCheck(element, type, compiler)];
  if (type.code === 'Reference') checks.push(referenceCheck(type.targets, compiler.resourceTypes));
  if (type.code === 'Extension') checks.push(extensionCheck(compiler));
  for (const profile of type.profiles ?? []) checks.push((value, at, scope) => compiler.profileCheck(profile)?.(value, at, scope));
  const test = requiredTest(element, compiler);
  if (test !== undefined) {
    checks.push((value, at, scope) => {
      const fault = conceptFault(test, value);
      if (fault !== undefined) reportFault(fault, elementName(at), at, scope);
    });
  }
  return withInvariants(inOrder(checks), element, compiler);
}

function structuralCheck(element: ElementModel, type: TypeModel, compiler: Compiler): Check {
  if (type.code === 'Resource') return element.name === 'contained' ? compiler.containedResource : compiler.innerResource;
  return element.children.length > 0 ? lazily(() => compileObject(element, compiler)) : compiler.typeCheck(type.code);
}

function primitiveTest(element: ElementModel, type: TypeModel, compiler: Compiler): PrimitiveCheck {
  const format = primitiveCheck(type.code);
  const test = requiredTest(element, compiler);
  return test === undefined ? format : (value) => format(value) ?? codeFault(test, value);
}

function requiredTest(element: ElementModel, compiler: Compiler): CodeTest | undefined {
  return element.binding?.strength === 'required' ? compiler.codeTest(element.binding.valueSet) : undefined;
}

function withInvariants(check: Check, element: ElementModel, compiler: Compiler): Check {
  const invariants = invariantCheck(invariantsOf(element.constraints, element, compiler.definitions));
  return invariants === undefined ? check : inOrder([check, invariants]);
}

/** Runs checks one after another on the same value. */
export function inOrder(checks: readonly Check[]): Check {
  const [first, second, ...rest] = checks;
  if (first === undefined) return () => undefined;
  if (second === undefined) return first;
  const then = rest.length === 0 ? second : inOrder([second, ...rest]);
  return (value, at, scope) => {
    first(value, at, scope);
    then(value, at, scope);
  };
}

/** Types refer to each other in circles: a check is compiled when the first value comes. */
export function lazily(compile: () => Check): Check {
  let check: Check | undefined;
  return (value, at, scope) => (check ??= compile())(value, at, scope);
}

const noteFragment: Check = (value, _at, scope) => {
  if (typeof value === 'string' && value.startsWith('#')) scope.fragments.add(value.slice(1));
};
