import { typeOfSuffix } from '../definitions/model.ts';
import type { ElementModel, Structure, TypeModel } from '../definitions/model.ts';
import { isObject } from '../resource.ts';
import type { JsonObject, JsonValue } from '../resource.ts';
import { codeFault, conceptFault } from './binding.ts';
import type { Compiler } from './compiler.ts';
import { inOrder } from './compiler.ts';
import { invariantCheck, invariantsOf } from './invariant.ts';
import { childLocation } from './location.ts';
import type { Location } from './location.ts';
import { equalsFixed, matchesPattern } from './pattern.ts';
import { targetType } from './reference-check.ts';
import { checkCount, reportNew } from './profile-faults.ts';
import type { Check, Fault } from './run.ts';
import { slicingCheck } from './slicing.ts';

/**
 * Compiles what a profile demands beyond its base type. The value has been, or will be, checked against the base type as
 * well: what is wrong by that is not reported again.
 *
 * @throws Error when the profile uses what is not supported
 */
export function compileProfile(structure: Structure, compiler: Compiler): Check {
  return elementCheck(structure.root, compiler, structure.type);
}

/** The demands on one value of an element, and on all below it. */
export function elementCheck(element: ElementModel, compiler: Compiler, focus: string | ElementModel = element): Check {
  const invariants = invariantCheck(invariantsOf(element.constraints, focus, compiler.definitions), { always: true });
  const checks = [valueCheck(element, compiler), ...element.children.map((child) => childCheck(child, compiler)), invariants];
  return inOrder(checks.filter((check) => check !== undefined));
}

/** One value of an element, with its place. `value` is undefined where a primitive has extensions only: it is there, and has no value to check. */
interface Found { readonly value: JsonValue | undefined; readonly at: Location; readonly type: string | undefined }

/** The demands on all values that a parent has of one element: how many, of which types, and each of them. */
function childCheck(child: ElementModel, compiler: Compiler): Check {
  const each = elementCheck(child, compiler);
  const valuesIn = valuesReader(child, compiler);
  const slicing = child.slicing === undefined ? undefined : slicingCheck(child, child.slicing, (slice) => elementCheck(slice, compiler));
  return (value, at, scope) => {
    if (!isObject(value)) return;
    const found = valuesIn(value, at);
    checkCount(found.length, child, { parent: at, scope });
    for (const { value: item, at: here, type } of found) {
      if (type !== undefined && !child.types.some(({ code }) => code === type)) {
        const allowed = child.types.map(({ code }) => code).join(' or ');
        reportNew(scope.run, here, { code: 'structure', text: `must be of type ${allowed} by the profile` });
      }
      if (item !== undefined) each(item, here, scope);
    }
    slicing?.(found, at, scope);
  };
}

const NONE: readonly Found[] = [];

/** Reads the values that a parent has of an element. */
function valuesReader({ name, isChoice }: ElementModel, { definitions }: Compiler): (parent: JsonObject, at: Location) => readonly Found[] {
  const sibling = `_${name}`;
  if (!isChoice) return (parent, at) => itemsOf([parent[name], parent[sibling]], name, at, undefined);
  return (parent, at) => {
    let found = NONE;
    for (const key in parent) {
      if (parent[key] === undefined || !(key.startsWith(name) || key.startsWith(sibling))) continue;
      const property = key.startsWith(sibling) && parent[key.slice(1)] === undefined ? key.slice(1) : key;
      const type = property.startsWith(name) ? typeOfSuffix(definitions, property.slice(name.length)) : undefined;
      if (type === undefined) continue;
      const items = itemsOf([parent[property], parent[`_${property}`]], `${name}.ofType(${type})`, at, type);
      found = found.length === 0 ? items : [...found, ...items];
    }
    return found;
  };
}

type Member = JsonValue | undefined;

function itemsOf([value, sibling]: readonly [Member, Member], step: string, at: Location, type: string | undefined): readonly Found[] {
  if (value === undefined && sibling === undefined) return NONE;
  if (Array.isArray(value) || Array.isArray(sibling)) {
    const values = listOf(value);
    const siblings = listOf(sibling);
    return Array.from({ length: Math.max(values.length, siblings.length) }, (_, i) => i)
      .filter((i) => isThere(values[i]) || isThere(siblings[i]))
      .map((i) => ({ value: values[i] ?? undefined, at: childLocation(at, step, i), type }));
  }
  return isThere(value) || isThere(sibling) ? [{ value: value ?? undefined, at: childLocation(at, step), type }] : [];
}

function listOf(value: Member): readonly Member[] {
  return Array.isArray(value) ? value as readonly JsonValue[] : [];
}

function isThere(value: Member): boolean {
  return value !== undefined && value !== null;
}

function valueCheck(element: ElementModel, compiler: Compiler): Check | undefined {
  const tests = [fixedTest(element), patternTest(element), bindingTest(element, compiler)].filter((test) => test !== undefined);
  const checks: Check[] = tests.map((test) => (value, at, scope) => {
    const fault = test(value);
    if (fault !== undefined) reportNew(scope.run, at, fault);
  });
  for (const type of element.types) checks.push(...typeChecks(type, element, compiler));
  return checks.length === 0 ? undefined : inOrder(checks);
}

type Test = (value: unknown) => Fault | undefined;

function fixedTest({ fixed }: ElementModel): Test | undefined {
  if (fixed === undefined) return undefined;
  return (value) => (equalsFixed(value, fixed) ? undefined : { code: 'value', text: `must be exactly ${JSON.stringify(fixed)} by the profile` });
}

function patternTest({ pattern }: ElementModel): Test | undefined {
  if (pattern === undefined) return undefined;
  return (value) => (matchesPattern(value, pattern) ? undefined : { code: 'value', text: `must hold ${JSON.stringify(pattern)} by the profile` });
}

function bindingTest({ binding }: ElementModel, compiler: Compiler): Test | undefined {
  const test = binding?.strength === 'required' ? compiler.codeTest(binding.valueSet) : undefined;
  if (test === undefined) return undefined;
  return (value) => (typeof value === 'string' ? codeFault(test, value) : conceptFault(test, value));
}

function typeChecks(type: TypeModel, element: ElementModel, compiler: Compiler): Check[] {
  const { targets } = type;
  if (type.code === 'Reference' && targets !== undefined) {
    return [(value, at, scope) => {
      const target = isObject(value) ? targetType(value, scope, compiler.resourceTypes) : undefined;
      if (target === undefined || targets.includes(target)) return;
      reportNew(scope.run, at, { code: 'value', text: `must refer to ${targets.join(' or ')} by the profile, not to ${target}` });
    }];
  }
  // The definition of an extension is found by its url, whether or not a profile names it.
  if (type.code === 'Extension' || element.types.length > 1) return [];
  return (type.profiles ?? []).map((profile): Check => (value, at, scope) => compiler.profileCheck(profile)?.(value, at, scope));
}
