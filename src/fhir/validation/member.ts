import type { JsonObject } from '../resource.ts';
import { isObject } from '../resource.ts';
import { childLocation } from './location.ts';
import type { Location } from './location.ts';
import type { PrimitiveCheck } from './primitive.ts';
import { report } from './run.ts';
import type { Check, Fault, Scope } from './run.ts';

/** One JSON property of an object. */
export interface Member {
  readonly property: string;
  /** `_status`: the id and extensions of the primitive `status`, its twin. */
  readonly isSibling: boolean;
  readonly twin: string;
  /** Marks the element as present; shared by all types of a choice. 0 where nobody asks. */
  readonly bit: number;
  readonly isChoice: boolean;
  /** `value` for `valueQuantity`. */
  readonly choiceName: string;
  readonly check: (value: unknown, parent: JsonObject, at: Location, scope: Scope) => void;
}

type MemberCheck = Member['check'];

interface Primitive {
  readonly step: string;
  readonly property: string;
  readonly test: PrimitiveCheck;
  /** Called with each well-formed value, for what depends on more than the value. */
  readonly then: Check | undefined;
}

export function singlePrimitive({ step, property, test, then }: Primitive): MemberCheck {
  return (value, _parent, at, scope) => {
    const fault = Array.isArray(value) ? NOT_A_LIST : value === null ? NULL : test(value);
    if (fault !== undefined) reportFault(fault, property, childLocation(at, step), scope);
    else then?.(value, childLocation(at, step), scope);
  };
}

export function primitiveList({ step, property, test, then }: Primitive): MemberCheck {
  return (value, parent, at, scope) => {
    if (!isFilledList(value, property, { at: childLocation(at, step), scope })) return;
    const siblings = parent[`_${property}`];
    for (let i = 0; i < value.length; i++) {
      const item: unknown = value[i];
      if (item === null && Array.isArray(siblings) && isObject(siblings[i])) continue;
      const fault = item === null ? NULL_IN_LIST : test(item);
      if (fault !== undefined) reportFault(fault, property, childLocation(at, step, i), scope);
      else then?.(item, childLocation(at, step, i), scope);
    }
  };
}

/** `_birthDate`: id and extensions of a primitive, or for a list an array of the same length with gaps of null. */
export function primitiveSibling(step: string, property: string, isList: boolean, element: Check): MemberCheck {
  const sibling = `_${property}`;
  if (!isList) {
    return (value, parent, at, scope) => {
      const here = childLocation(at, step);
      single(value, sibling, { check: element, at: here, scope });
      if (parent[property] === undefined) requireContent(value, sibling, here, scope);
    };
  }
  return (value, parent, at, scope) => {
    const here = childLocation(at, step);
    if (!isFilledList(value, sibling, { at: here, scope })) return;
    const values = parent[property];
    if (Array.isArray(values) && values.length !== value.length) {
      report(scope.run, here, { code: 'structure', diagnostics: `\`${sibling}\` must have as many entries as \`${property}\`, with null where one has nothing` });
    }
    for (let i = 0; i < value.length; i++) {
      const hasValue = Array.isArray(values) && values[i] !== undefined && values[i] !== null;
      const place = childLocation(at, step, i);
      if (value[i] !== null) element(value[i], place, scope);
      else if (!Array.isArray(values) || values[i] === undefined) reportFault(NULL_IN_LIST, sibling, place, scope);
      if (value[i] !== null && !hasValue) requireContent(value[i], sibling, place, scope);
    }
  };
}

/** ele-1: beside a value an `id` alone will do, without one there must be extensions. */
function requireContent(value: unknown, property: string, at: Location, scope: Scope): void {
  if (isObject(value) && value['extension'] === undefined) reportFault(NO_CONTENT, property, at, scope);
}

export function singleObject(step: string, property: string, check: Check): MemberCheck {
  return (value, _parent, at, scope) => single(value, property, { check, at: childLocation(at, step), scope });
}

export function objectList(step: string, property: string, check: Check): MemberCheck {
  return (value, _parent, at, scope) => {
    if (!isFilledList(value, property, { at: childLocation(at, step), scope })) return;
    for (let i = 0; i < value.length; i++) {
      if (value[i] === null) reportFault(NULL, property, childLocation(at, step, i), scope);
      else check(value[i], childLocation(at, step, i), scope);
    }
  };
}

function single(value: unknown, property: string, place: { check: Check; at: Location; scope: Scope }): void {
  if (Array.isArray(value)) reportFault(NOT_A_LIST, property, place.at, place.scope);
  else if (value === null) reportFault(NULL, property, place.at, place.scope);
  else place.check(value, place.at, place.scope);
}

const NOT_A_LIST: Fault = { code: 'structure', text: 'does not repeat and must not be a JSON array' };
const A_LIST: Fault = { code: 'structure', text: 'repeats and must be a JSON array, even for one value' };
const EMPTY_LIST: Fault = { code: 'structure', text: 'must not be an empty array; leave the element out instead' };
const NO_CONTENT: Fault = { code: 'invariant', text: 'is empty: an element must have a value or children (ele-1)' };
const NULL: Fault = { code: 'structure', text: 'must not be null; leave the element out instead' };
const NULL_IN_LIST: Fault = { code: 'structure', text: 'may hold null only where the other of the pair of arrays holds a value or an extension' };

function isFilledList(value: unknown, property: string, place: { at: Location; scope: Scope }): value is readonly unknown[] {
  if (!Array.isArray(value)) reportFault(value === null ? NULL : A_LIST, property, place.at, place.scope);
  else if (value.length === 0) reportFault(EMPTY_LIST, property, place.at, place.scope);
  return Array.isArray(value) && value.length > 0;
}

/** Notes a fault of the element that the sentence begins with. */
export function reportFault(fault: Fault, name: string, at: Location, scope: Scope): void {
  report(scope.run, at, { code: fault.code, diagnostics: `\`${name}\` ${fault.text}`, ...(fault.severity === undefined ? {} : { severity: fault.severity }) });
}
