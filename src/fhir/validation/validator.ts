import type { Definitions, ElementModel } from '../definitions/model.ts';
import { structureOfType } from '../definitions/model.ts';
import type { Fhir } from '../fhir.ts';
import { codeTest } from './binding.ts';
import type { CodeTest } from './binding.ts';
import { compileObject, compileShared, inOrder, lazily } from './compiler.ts';
import type { Compiler } from './compiler.ts';
import { invariantCheck, invariantsOf } from './invariant.ts';
import { rootLocation } from './location.ts';
import { compileProfile } from './profile-check.ts';
import { checkContained, checkResource } from './resource-check.ts';
import { issuesOf } from './run.ts';
import type { Check, Run } from './run.ts';
import { isObject } from '../resource.ts';

/**
 * Validation by closures that are compiled from the definitions, each type and profile when it is first met.
 * See docs/decisions/0010-own-validator.md for why it is not a JSON schema.
 *
 * @throws Error at once for a profile that uses what is not supported; the message names the element
 */
export function createValidator(definitions: Definitions): Fhir['validate'] {
  const compiler = createCompiler(definitions);
  for (const { url } of definitions.structures.values()) compiler.profileCheck(url);
  return (resource, { profiles = [], at, bestPractice = false } = {}) => {
    const run: Run = { faults: [], remarks: [], unreported: 0, withBestPractice: bestPractice };
    const type = isObject(resource) ? resource['resourceType'] : undefined;
    const prefix = at ?? (typeof type === 'string' && compiler.resourceTypes.has(type) ? type : 'Resource');
    checkResource(resource, rootLocation(prefix), { run, compiler, profiles });
    return issuesOf(run);
  };
}

function createCompiler(definitions: Definitions): Compiler {
  const compiler: Compiler = {
    definitions,
    resourceTypes: new Set(definitions.resourceTypes),
    typeCheck: remembered((type: string) => lazily(() => compileType(type, compiler))),
    sharedCheck: remembered((path: string) => lazily(() => compileShared(path, compiler))),
    containedResource: (value, at, scope) => checkContained(value, at, scope, compiler),
    innerResource: (value, at, scope) => checkResource(value, at, { run: scope.run, compiler }),
    profileCheck: remembered((url: string) => {
      const structure = definitions.structures.get(url);
      return structure?.derivation === 'constraint' ? compileProfile(structure, compiler) : undefined;
    }),
    codeTest: remembered((url: string): CodeTest | undefined => {
      const valueSet = definitions.valueSets.get(url);
      return valueSet === undefined || valueSet.incomplete ? undefined : codeTest(valueSet);
    }),
  };
  return compiler;
}

function compileType(type: string, compiler: Compiler): Check {
  const root = rootOf(type, compiler.definitions);
  const invariants = invariantCheck(inheritedInvariants(type, compiler.definitions));
  const structural = compileObject(root, compiler);
  return invariants === undefined ? structural : inOrder([structural, invariants]);
}

function rootOf(type: string, definitions: Definitions): ElementModel {
  const structure = structureOfType(definitions, type);
  if (structure === undefined) throw new Error(`The definitions have no type ${type}`);
  return structure.root;
}

/** The invariants of a type and of those that it derives from. */
function inheritedInvariants(type: string, definitions: Definitions): ReturnType<typeof invariantsOf> {
  const found: ReturnType<typeof invariantsOf> = [];
  for (let structure = structureOfType(definitions, type); structure !== undefined; structure = definitions.structures.get(structure.base ?? '')) {
    found.push(...invariantsOf(structure.root.constraints, type, definitions));
  }
  return found;
}

/** Remembers results by key. Only for keys that the definitions limit, or that give a result for few. */
function remembered<T>(make: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>();
  return (key) => {
    const present = known.get(key);
    if (present !== undefined) return present;
    const made = make(key);
    // What is unknown is not kept: its names come from the senders, and there is no end of them.
    if (made !== undefined) known.set(key, made);
    return made;
  };
}
