import type { SearchParameter } from './parameters.ts';
import { SearchFault, type Inclusion, type SearchContext } from './search-request.ts';
import { shown, suggestions } from './suggest.ts';

interface Asked { readonly type: string; readonly name: string; readonly value: string }

/**
 * `Observation:subject`, `Observation:subject:Patient`, `Observation:*` (each reference parameter of the type), or `*`
 * for the type that is searched.
 *
 * @throws SearchFault
 * @see https://hl7.org/fhir/R4/search.html#include
 */
export function parseInclusion({ type: searched, name, value }: Asked, context: SearchContext): readonly Inclusion[] {
  const iterate = name.endsWith(':iterate');
  const isReverse = name.startsWith('_revinclude');
  const [type = '', code = '', target, ...more] = value === '*' && !isReverse ? [searched, '*'] : value.split(':');
  if (code === '' || more.length > 0) throw new SearchFault('malformed', `A value of '${name}' is Type:parameter, Type:parameter:Target or Type:*`);
  if (!context.isResourceType(type)) throw new SearchFault('malformed', `'${shown(type)}' in '${name}' is not a resource type`);
  if (target !== undefined && !context.isResourceType(target)) throw new SearchFault('malformed', `'${shown(target)}' in '${name}' is not a resource type`);
  if (!isReverse && !iterate && type !== searched) {
    throw new SearchFault('malformed', `'_include' starts at the searched type ${searched}; for references of included resources use '_include:iterate'`);
  }
  const references = referenceParameters(type, context).filter((parameter) => !isReverse || iterate || refersTo(parameter, searched));
  if (code === '*') return references.map((parameter) => ({ type, param: parameter.code, iterate }));
  checkReference({ type, code, target }, references, context);
  return [{ type, param: code, ...(target === undefined ? {} : { target }), iterate }];
}

function checkReference({ type, code, target }: { type: string; code: string; target: string | undefined }, references: readonly SearchParameter[], context: SearchContext): void {
  const found = references.find((parameter) => parameter.code === code);
  if (found === undefined) {
    const problem = context.searchParameters.of(type).has(code) ? `of ${type} is no reference that can be followed here` : `is not known for ${type}`;
    const valid = suggestions(code, references.map((parameter) => parameter.code));
    throw new SearchFault('unknown', `The search parameter '${shown(code)}' ${problem}. Valid ones: ${valid}`);
  }
  if (target !== undefined && !refersTo(found, target)) {
    throw new SearchFault('unknown', `The search parameter '${code}' of ${type} does not refer to ${target}. Valid types: ${suggestions(target, found.targets)}`);
  }
}

function referenceParameters(type: string, context: SearchContext): readonly SearchParameter[] {
  return [...context.searchParameters.of(type).values()].filter((parameter) => parameter.isSearchable && parameter.type === 'reference');
}

function refersTo(parameter: SearchParameter, type: string): boolean {
  return parameter.targets.length === 0 || parameter.targets.includes(type);
}
