import type { JsonObject } from '../resource.ts';
import { isObject } from '../resource.ts';
import { childLocation, elementName } from './location.ts';
import type { Location } from './location.ts';
import type { Member } from './member.ts';
import { quoted, report } from './run.ts';
import type { Check, Scope } from './run.ts';

/** The members that an object of one type, or one backbone element, may and must have. */
export interface ObjectShape {
  /** By JSON property: `valueQuantity`, `_status`. */
  readonly members: ReadonlyMap<string, Member>;
  /** Required elements, by their bit in `requiredBits`. */
  readonly required: readonly { readonly bit: number; readonly name: string; readonly properties: readonly string[] }[];
  readonly requiredBits: number;
  readonly isResource: boolean;
  /** False for a resource, which may be empty but for its type; any other object must have more than an `id`. */
  readonly needsContent: boolean;
}

/** Walks one object: unknown, missing, doubled and empty elements here, each value by its member's own check. */
export function objectCheck(shape: ObjectShape): Check {
  const { members, requiredBits, isResource, needsContent } = shape;
  return (value, at, scope) => {
    if (!isObject(value)) {
      report(scope.run, at, { code: 'structure', diagnostics: `\`${elementName(at)}\` must be a JSON object` });
      return;
    }
    let present = 0;
    let doubled = 0;
    let hasContent = !needsContent;
    for (const name in value) {
      const content = value[name];
      if (content === undefined) continue;
      const member = members.get(name);
      hasContent ||= name !== 'id';
      if (member === undefined) {
        if (name !== 'resourceType' || !isResource) reportUnknown(name, shape, { at, scope });
        continue;
      }
      if (!member.isSibling || value[member.twin] === undefined) {
        if (member.isChoice && (present & member.bit) !== 0) doubled |= member.bit;
        present |= member.bit;
      }
      member.check(content, value, at, scope);
    }
    if (!hasContent) report(scope.run, at, { code: 'invariant', diagnostics: `\`${elementName(at)}\` is empty: an element must have a value or children (ele-1)` });
    if ((present & requiredBits) !== requiredBits) reportMissing(present, shape, { at, scope });
    if (doubled !== 0) reportDoubled(doubled, value, shape, { at, scope });
  };
}

interface Place { readonly at: Location; readonly scope: Scope }

function reportUnknown(name: string, shape: ObjectShape, { at, scope }: Place): void {
  const choices = [...shape.members.values()].filter((member) => member.isChoice && !member.isSibling && name.startsWith(member.choiceName));
  const known = choices.filter((member) => /^[A-Z]/.test(name.slice(member.choiceName.length))).map((member) => member.property);
  const advice = known.length > 0 ? `; use one of ${known.slice(0, 20).join(', ')}` : '';
  const where = /^[A-Za-z_][\w-]{0,63}$/.test(name) ? childLocation(at, name) : at;
  report(scope.run, where, { code: 'structure', diagnostics: `\`${elementName(at)}\` has no element ${quoted(name)}${advice}` });
}

function reportMissing(present: number, shape: ObjectShape, { at, scope }: Place): void {
  for (const { bit, name, properties } of shape.required) {
    if ((present & bit) !== 0) continue;
    const advice = properties.length > 1 ? `; give one of ${properties.slice(0, 20).join(', ')}` : '';
    report(scope.run, childLocation(at, name), { code: 'required', diagnostics: `\`${name}\` is required in \`${elementName(at)}\` and missing${advice}` });
  }
}

function reportDoubled(doubled: number, value: JsonObject, shape: ObjectShape, { at, scope }: Place): void {
  const given = Object.keys(value).flatMap((name) => shape.members.get(name) ?? []).filter((member) => member.isChoice && (member.bit & doubled) !== 0);
  for (const bit of new Set(given.map((member) => member.bit))) {
    const same = given.filter((member) => member.bit === bit);
    const names = new Set(same.map((member) => member.property.replace(/^_/, '')));
    report(scope.run, childLocation(at, same[0]?.choiceName ?? ''), { code: 'structure', diagnostics: `Only one of ${[...names].join(' and ')} may be given` });
  }
}
