import type { Definitions, SearchParameterDefinition } from '../definitions/model.ts';
import { compilePath, type Path } from '../path/compile.ts';
import type { SearchParameter, SearchParameters } from './parameters.ts';
import type { TermKind } from './query.ts';

/** Answered by the store from its own columns, so there are no terms of them. */
export const STORE_PARAMETERS: ReadonlySet<string> = new Set(['_id', '_lastUpdated']);

/**
 * The search parameters of each type, from the published definitions and those of `profiles/fhir/`; of two with one code,
 * the one that comes later counts. What a type has is worked out when it is first asked for.
 */
export function createSearchParameters(definitions: Definitions): SearchParameters {
  const known = new Map<string, ReadonlyMap<string, SearchParameter>>();
  return {
    of(type) {
      const found = known.get(type);
      if (found !== undefined) return found;
      const parameters = new Map(parametersOf(definitions, type).map((definition) => [definition.code, parameterOf(definitions, type, definition)]));
      if (definitions.resourceTypes.includes(type)) known.set(type, parameters);
      return parameters;
    },
  };
}

/** The kind of term that a parameter asks for; undefined when it cannot be searched. */
function termKindOf(definition: SearchParameterDefinition): TermKind | undefined {
  const { type } = definition;
  return definition.expression === undefined || type === 'composite' || type === 'special' ? undefined : type;
}

/**
 * The expression of a search parameter, compiled for one type.
 * @throws Error for an expression that is outside the compiled part of FHIRPath; it names the parameter
 */
export function pathOfParameter(definitions: Definitions, type: string, definition: SearchParameterDefinition): Path {
  const compiled = compilePath(definition.expression ?? '{}', { definitions, focus: type });
  if (!compiled.ok) throw new Error(`SearchParameter ${definition.url} cannot be used for ${type}: ${compiled.reason}`);
  return compiled.path;
}

function parametersOf(definitions: Definitions, type: string): readonly SearchParameterDefinition[] {
  if (!definitions.resourceTypes.includes(type)) return [];
  const bases = new Set([type, 'Resource', 'DomainResource']);
  return definitions.searchParameters.filter((definition) => definition.base.some((base) => bases.has(base)));
}

function parameterOf(definitions: Definitions, type: string, definition: SearchParameterDefinition): SearchParameter {
  const kind = termKindOf(definition);
  const targets = definition.type === 'reference' ? targetsOf(definition, type) : [];
  const path = kind === undefined ? undefined : pathOfParameter(definitions, type, definition);
  return {
    code: definition.code, definition, type: definition.type, targets, isSearchable: kind !== undefined, kind,
    modifiers: path === undefined ? [] : modifiersOf(definition, targets, path),
    impliedSystems: kind === 'token' && path !== undefined ? impliedSystemsOf(definitions, path) : [],
  };
}

function modifiersOf(definition: SearchParameterDefinition, targets: readonly string[], path: Path): readonly string[] {
  if (definition.code === '_id') return ['not'];
  if (definition.code === '_lastUpdated') return [];
  switch (definition.type) {
    case 'token': return path.shapes?.some((shape) => shape.type === 'Identifier') === true ? ['missing', 'not', 'of-type'] : ['missing', 'not'];
    case 'string': return ['missing', 'exact', 'contains'];
    case 'reference': return ['missing', 'identifier', ...targets];
    case 'uri': return ['missing', 'above', 'below'];
    case 'date': case 'number': case 'quantity': return ['missing'];
    case 'composite': case 'special': return [];
  }
}

/**
 * Types that the parameter can point to from this type: a shared parameter names all targets of all its types, and the
 * branch for one type can say `where(resolve() is Patient)`.
 */
function targetsOf(definition: SearchParameterDefinition, type: string): readonly string[] {
  const branches = (definition.expression ?? '').split('|').map((branch) => branch.trim()).filter((branch) => new RegExp(`^\\(*${type}\\.`).test(branch));
  const only = branches.map((branch) => /resolve\(\) is (\w+)\)$/.exec(branch)?.[1]);
  const named = only.filter((target) => target !== undefined);
  return named.length > 0 && named.length === branches.length ? [...new Set(named)] : definition.targets;
}

/** Code systems that a `code` or boolean implies: a search may name them, the data does not. */
function impliedSystemsOf(definitions: Definitions, path: Path): readonly string[] {
  const systems = (path.shapes ?? []).flatMap((shape) => {
    if (shape.type === 'boolean') return ['http://hl7.org/fhir/special-values'];
    const valueSet = shape.type === 'code' ? shape.declaredBy?.binding?.valueSet : undefined;
    return valueSet === undefined ? [] : Object.keys(definitions.valueSets.get(valueSet)?.systems ?? {});
  });
  return [...new Set(systems)];
}
