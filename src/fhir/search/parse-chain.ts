import { searchableParameter, type Asked } from './parse-parameter.ts';
import type { SearchParameter } from './parameters.ts';
import type { Clause } from './query.ts';
import { SEARCH_LIMITS, SearchFault, type SearchContext } from './search-request.ts';
import { shown, suggestions } from './suggest.ts';

/** More would ask the store too much at once. */
const MAX_BRANCHES = 20;

/** Reads what stands behind one step of a chain. */
type ParseRest = (asked: Asked, context: SearchContext) => Clause;

/**
 * `patient.identifier`, `subject:Patient.name`: the resource refers to one of which the rest holds. Without a type every
 * target that has such a parameter will do.
 *
 * @throws SearchFault
 * @see https://hl7.org/fhir/R4/search.html#chaining
 */
export function parseChain(asked: Asked, context: SearchContext, parseRest: ParseRest): Clause {
  const dot = asked.name.indexOf('.');
  const [code = '', ...named] = asked.name.slice(0, dot).split(':');
  const parameter = referenceParameter(asked.type, code, context);
  const targets = chainTargets(parameter, named.length === 0 ? undefined : named.join(':'), { asked, context });
  const rest = { ...stepOf(asked, context), branches: asked.branches * targets.length, name: asked.name.slice(dot + 1) };
  const clauses = targets.flatMap((type) => chainTo(type, parameter, () => parseRest({ ...rest, type }, context), targets.length === 1));
  const [first, ...others] = clauses;
  if (first === undefined) {
    throw new SearchFault('unknown', `No target of the search parameter '${code}' has a search parameter '${shown(rest.name)}'. Its targets: ${targets.join(', ')}`);
  }
  return others.length === 0 ? first : { kind: 'or', clauses };
}

/** The types that a chain goes on with. */
function chainTargets(parameter: SearchParameter, named: string | undefined, { asked, context }: { asked: Asked; context: SearchContext }): readonly string[] {
  const { code, targets } = parameter;
  if (named !== undefined) {
    if (targets.length > 0 ? !targets.includes(named) : !context.isResourceType(named)) throw unknownTarget(parameter, named);
    return [named];
  }
  if (targets.length === 0 || asked.branches * targets.length > MAX_BRANCHES) {
    throw new SearchFault('malformed', `The search parameter '${code}' can refer to many types: a chain names one, in the form ${code}:Type.parameter`);
  }
  return targets;
}

/**
 * `_has:Observation:patient:code=1234-5`: a resource that refers here, of which the rest holds.
 * @throws SearchFault
 * @see https://hl7.org/fhir/R4/search.html#has
 */
export function parseHas(asked: Asked, context: SearchContext, parseRest: ParseRest): Clause {
  const [, type = '', code = '', ...rest] = asked.name.split(':');
  if (rest.length === 0) throw new SearchFault('malformed', `'${shown(asked.name)}' is not of the form _has:Type:reference:parameter`);
  if (!context.isResourceType(type)) throw new SearchFault('malformed', `'${shown(type)}' in _has is not a resource type`);
  const parameter = referenceParameter(type, code, context);
  if (parameter.targets.length > 0 && !parameter.targets.includes(asked.type)) {
    throw new SearchFault('malformed', `The search parameter '${code}' of ${type} does not refer to ${asked.type}, but to ${parameter.targets.join(', ')}`);
  }
  return { kind: 'has', type, param: code, where: [parseRest({ ...stepOf(asked, context), type, name: rest.join(':') }, context)] };
}

/** A chain to one target; nothing when that target lacks the parameter and others are left to ask. */
function chainTo(type: string, parameter: SearchParameter, parseRest: () => Clause, isOnly: boolean): readonly Clause[] {
  try {
    return [{ kind: 'chain', param: parameter.code, type, where: [parseRest()] }];
  } catch (error) {
    if (error instanceof SearchFault && error.isUnknown && !isOnly) return [];
    throw error;
  }
}

function referenceParameter(type: string, code: string, context: SearchContext): SearchParameter {
  const parameter = searchableParameter(type, code, context);
  if (parameter.type === 'reference') return parameter;
  throw new SearchFault('unknown', () => {
    const references = [...context.searchParameters.of(type).values()].filter((candidate) => candidate.isSearchable && candidate.type === 'reference');
    return `The search parameter '${code}' of ${type} is not a reference, so nothing can be chained to it. Valid ones: ${suggestions(code, references.map((candidate) => candidate.code))}`;
  });
}

function unknownTarget(parameter: SearchParameter, given: string): SearchFault {
  return new SearchFault('unknown', () => `The search parameter '${parameter.code}' does not refer to '${shown(given)}'. Valid types: ${suggestions(given, parameter.targets)}`);
}

function stepOf(asked: Asked, context: SearchContext): Asked {
  const limit = context.limits?.steps ?? SEARCH_LIMITS.steps;
  if (asked.steps >= limit) throw new SearchFault('too-much', `A chain has more than ${limit} steps`);
  return { ...asked, steps: asked.steps + 1 };
}
