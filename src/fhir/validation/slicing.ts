import type { DiscriminatorModel, ElementModel, SliceModel, SlicingModel } from '../definitions/model.ts';
import { isObject } from '../resource.ts';
import type { JsonValue } from '../resource.ts';
import type { Location } from './location.ts';
import { equalsFixed, matchesPattern } from './pattern.ts';
import { checkCount, reportNew } from './profile-faults.ts';
import type { Check, Scope } from './run.ts';

type ValuesCheck = (values: readonly { readonly value: JsonValue | undefined; readonly at: Location }[], parent: Location, scope: Scope) => void;
type Matcher = (value: JsonValue) => boolean;

interface CompiledSlice { readonly slice: SliceModel; readonly matches: Matcher; readonly check: Check }

/**
 * Sorts the values of an element into the slices of a profile, and checks each by its slice.
 * @throws Error for a discriminator other than `value`, `pattern` and `exists`, or one that the slices do not fix
 */
export function slicingCheck(element: ElementModel, slicing: SlicingModel, compileSlice: (slice: SliceModel) => Check): ValuesCheck {
  const slices = (element.slices ?? []).map((slice): CompiledSlice => ({
    slice, matches: matcherOf(slice, slicing.discriminators), check: compileSlice(slice),
  }));
  return (values, parent, scope) => {
    const counts = new Map<CompiledSlice, number>();
    for (const { value, at } of values) {
      const found = value === undefined ? undefined : slices.find(({ matches }) => matches(value));
      if (found === undefined) {
        if (slicing.rules === 'closed') reportNew(scope.run, at, { code: 'structure', text: `is none of those that the profile allows: ${slices.map(({ slice }) => slice.sliceName).join(', ')}` });
        continue;
      }
      counts.set(found, (counts.get(found) ?? 0) + 1);
      found.check(value, at, scope);
    }
    for (const entry of slices) checkCount(counts.get(entry) ?? 0, entry.slice, { parent, scope }, `${entry.slice.name}:${entry.slice.sliceName}`);
  };
}

function matcherOf(slice: SliceModel, discriminators: readonly DiscriminatorModel[]): Matcher {
  const tests = discriminators.map((discriminator) => testOf(slice, discriminator));
  return (value) => tests.every((test) => test(value));
}

function testOf(slice: SliceModel, { type, path }: DiscriminatorModel): Matcher {
  const names = path === '$this' ? [] : path.split('.');
  if (type === 'exists') {
    const wanted = elementAt(slice, names)?.max !== 0;
    return (value) => (valuesAt(value, names).length > 0) === wanted;
  }
  if (type !== 'value' && type !== 'pattern') throw new Error(`${slice.path}: a discriminator of type ${type} is not supported`);
  const expected = elementAt(slice, names);
  const url = path === 'url' ? slice.types[0]?.profiles?.[0] : undefined;
  const fixed = expected?.fixed ?? url;
  const pattern = expected?.pattern;
  if (fixed !== undefined) return (value) => valuesAt(value, names).some((item) => equalsFixed(item, fixed));
  if (pattern !== undefined) return (value) => valuesAt(value, names).some((item) => matchesPattern(item, pattern));
  throw new Error(`${slice.path}:${slice.sliceName} fixes no value for its discriminator ${path}`);
}

function elementAt(slice: ElementModel, names: readonly string[]): ElementModel | undefined {
  return names.reduce<ElementModel | undefined>((element, name) => element?.children.find((child) => child.name === name), slice);
}

function valuesAt(value: JsonValue, names: readonly string[]): readonly JsonValue[] {
  // Nearly all discriminators are one step away, and there are many to try: a twentieth of a validation.
  const [first, second] = names;
  if (first !== undefined && second === undefined) return partsOf(value, first);
  return names.reduce<readonly JsonValue[]>((items, name) => items.flatMap((item) => partsOf(item, name)), [value]);
}

function partsOf(value: JsonValue, name: string): readonly JsonValue[] {
  const part = isObject(value) ? value[name] : undefined;
  if (part === undefined) return [];
  return Array.isArray(part) ? part as readonly JsonValue[] : [part];
}
