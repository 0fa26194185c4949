import { isObject } from '../resource.ts';
import type { JsonObject, Resource } from '../resource.ts';
import type { Compiler } from './compiler.ts';
import { childLocation } from './location.ts';
import type { Location } from './location.ts';
import { checkProfiles } from './meta-profiles.ts';
import { quoted, report } from './run.ts';
import type { Run, Scope } from './run.ts';

const NONE_CONTAINED: ReadonlyMap<string, string> = new Map();

interface ResourcePlace {
  readonly run: Run;
  readonly compiler: Compiler;
  /** Demanded besides those that the resource claims. */
  readonly profiles?: readonly string[];
}

/** Checks a resource that stands alone: a whole body, a Bundle's entry, a value of Parameters. */
export function checkResource(value: unknown, at: Location, { run, compiler, profiles = [] }: ResourcePlace): void {
  if (!isKnownResource(value, at, { run, compiler })) return;
  const scope: Scope = { run, resource: value, root: value, contained: containedTypes(value), fragments: new Set() };
  compiler.typeCheck(value.resourceType)(value, at, scope);
  if (scope.contained !== NONE_CONTAINED) checkContainedAreUsed(value, at, scope);
  checkProfiles(value, profiles, { at, scope, compiler });
}

/** Checks a contained resource, with dom-2, dom-4 and dom-5. */
export function checkContained(value: unknown, at: Location, outer: Scope, compiler: Compiler): void {
  if (!isKnownResource(value, at, { run: outer.run, compiler })) return;
  const scope: Scope = { ...outer, resource: value };
  compiler.typeCheck(value.resourceType)(value, at, scope);
  checkContainedRules(value, at, outer);
  checkProfiles(value, [], { at, scope, compiler });
}

function checkContainedRules(value: JsonObject, at: Location, outer: Scope): void {
  const forbid = (rule: string, diagnostics: string): void => report(outer.run, at, { code: 'invariant', diagnostics: `${diagnostics} (${rule})` });
  if (typeof value['id'] !== 'string') report(outer.run, childLocation(at, 'id'), { code: 'required', diagnostics: 'A contained resource must have an `id`, by which it is referred to' });
  if (value['contained'] !== undefined) forbid('dom-2', 'A contained resource must not contain others');
  const { meta } = value;
  if (!isObject(meta)) return;
  if (meta['versionId'] !== undefined || meta['lastUpdated'] !== undefined) forbid('dom-4', 'A contained resource must not have `meta.versionId` or `meta.lastUpdated`');
  if (meta['security'] !== undefined) forbid('dom-5', 'A contained resource must not have `meta.security`');
}

function isKnownResource(value: unknown, at: Location, { run, compiler }: { run: Run; compiler: Compiler }): value is Resource {
  const type = isObject(value) ? value['resourceType'] : undefined;
  if (typeof type === 'string' && compiler.resourceTypes.has(type)) return true;
  if (!isObject(value)) report(run, at, { code: 'structure', diagnostics: 'A resource must be a JSON object' });
  else if (typeof type !== 'string') report(run, childLocation(at, 'resourceType'), { code: 'structure', diagnostics: 'A resource must name its type in `resourceType`' });
  else report(run, childLocation(at, 'resourceType'), { code: 'structure', diagnostics: `${quoted(type)} is not a resource type of R4` });
  return false;
}

function containedTypes(resource: JsonObject): ReadonlyMap<string, string> {
  const { contained } = resource;
  if (!Array.isArray(contained) || contained.length === 0) return NONE_CONTAINED;
  const types = new Map<string, string>();
  for (const item of contained) {
    if (isObject(item) && typeof item['id'] === 'string' && typeof item['resourceType'] === 'string') types.set(item['id'], item['resourceType']);
  }
  return types;
}

/** dom-3: each contained resource is referred to from its container, or refers to it; ids are unique. */
function checkContainedAreUsed(resource: JsonObject, at: Location, scope: Scope): void {
  const { contained } = resource;
  if (!Array.isArray(contained)) return;
  const seen = new Set<string>();
  contained.forEach((item: unknown, index) => {
    const id = isObject(item) ? item['id'] : undefined;
    if (typeof id !== 'string') return;
    const here = childLocation(at, 'contained', index);
    if (seen.has(id)) report(scope.run, here, { code: 'duplicate', diagnostics: `Another contained resource has the same id ${quoted(id)}` });
    seen.add(id);
    if (!scope.fragments.has(id) && !refersToContainer(item)) {
      report(scope.run, here, { code: 'invariant', diagnostics: `The contained resource ${quoted(`#${id}`)} is referred to from nowhere in its container (dom-3)` });
    }
  });
}

function refersToContainer(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(refersToContainer);
  if (!isObject(value)) return false;
  return value['reference'] === '#' || Object.values(value).some((item) => item === '#' || refersToContainer(item));
}
