import { isId } from '../resource.ts';
import { unescapeValue } from './escape.ts';
import { foldText } from './fold.ts';
import { malformed, parseDateMatch, parseNumberMatch, parseOfType, parseQuantityMatch, parseReferenceMatch, parseToken } from './parse-values.ts';
import type { SearchParameter } from './parameters.ts';
import type { Clause, TermKind } from './query.ts';
import { identifierParam } from './reference-terms.ts';
import { RESULT_PARAMETERS, SearchFault, type SearchContext } from './search-request.ts';
import { shown, suggestions } from './suggest.ts';
import { ofTypeParam } from './token-terms.ts';

/** One search parameter of a request: for which type, under which name, with which alternatives (still escaped). */
export interface Asked {
  readonly type: string;
  readonly name: string;
  readonly alternatives: readonly string[];
  /** How many steps of chains led here, and how many chains they have become. */
  readonly steps: number;
  readonly branches: number;
}

/**
 * What a parameter of the type itself asks for: `name` is its code, with or without a modifier.
 * @throws SearchFault
 */
export function parseParameter({ type, name, alternatives, steps }: Asked, context: SearchContext): Clause {
  const colon = name.indexOf(':');
  const parameter = searchableParameter(type, colon < 0 ? name : name.slice(0, colon), context, steps > 0 ? [] : besidesParameters(context));
  const modifier = colon < 0 ? undefined : name.slice(colon + 1);
  if (modifier !== undefined && !parameter.modifiers.includes(modifier)) throw unknownModifier(parameter, modifier);
  return modifier === 'missing' ? parseMissing(parameter, alternatives) : clauseOf(parameter, modifier, alternatives, context);
}

export type SearchableParameter = SearchParameter & { readonly kind: TermKind };

function besidesParameters({ isCondition }: SearchContext): readonly string[] {
  return isCondition === true ? ['_has'] : [...RESULT_PARAMETERS, '_has'];
}

/**
 * The parameter of a type by its code.
 * @param besides names that could stand in its place and are no parameters of the type
 * @throws SearchFault when there is none, or none that can be searched
 */
export function searchableParameter(type: string, code: string, context: SearchContext, besides: readonly string[] = []): SearchableParameter {
  const parameters = context.searchParameters.of(type);
  const parameter = parameters.get(code);
  if (parameter !== undefined && isSearchable(parameter)) return parameter;
  const problem = parameter === undefined ? `is not known for ${type}` : `of ${type} is not offered by this server`;
  throw new SearchFault('unknown', () => {
    const valid = [...parameters.values()].filter((candidate) => candidate.isSearchable).map((candidate) => candidate.code);
    return `The search parameter '${shown(code)}' ${problem}. Valid ones: ${suggestions(code, [...valid, ...besides])}`;
  });
}

function unknownModifier(parameter: SearchParameter, modifier: string): SearchFault {
  const hint = () => (parameter.modifiers.length === 0 ? 'It takes no modifier' : `Valid ones: ${suggestions(modifier, parameter.modifiers)}`);
  return new SearchFault('unknown', () => `The modifier ':${shown(modifier)}' is not offered for the search parameter '${parameter.code}'. ${hint()}`);
}

function isSearchable(parameter: SearchParameter): parameter is SearchableParameter {
  return parameter.kind !== undefined;
}

function parseMissing(parameter: SearchableParameter, alternatives: readonly string[]): Clause {
  const [value, ...more] = alternatives;
  if ((value !== 'true' && value !== 'false') || more.length > 0) throw malformed(parameter, 'with :missing is true or false');
  return { kind: 'missing', param: parameter.code, of: parameter.kind, isMissing: value === 'true' };
}

function clauseOf(parameter: SearchableParameter, modifier: string | undefined, alternatives: readonly string[], context: SearchContext): Clause {
  const { code: param } = parameter;
  if (param === '_id') return { kind: 'id', anyOf: alternatives.map((raw) => parseId(raw, parameter)), ...negation(modifier) };
  switch (parameter.kind) {
    case 'token': return modifier === 'of-type'
      ? { kind: 'token', param: ofTypeParam(param), anyOf: alternatives.map((raw) => parseOfType(raw, parameter, context)) }
      : { kind: 'token', param, anyOf: alternatives.map((raw) => parseToken(raw, parameter, context)), ...negation(modifier) };
    case 'string': return stringClause(parameter, modifier, alternatives);
    case 'reference': return modifier === 'identifier'
      ? { kind: 'token', param: identifierParam(param), anyOf: alternatives.map((raw) => parseToken(raw, parameter, context)) }
      : { kind: 'reference', param, anyOf: alternatives.map((raw) => parseReferenceMatch(raw, parameter, context, modifier)) };
    case 'date': return { kind: 'date', param, anyOf: alternatives.map((raw) => parseDateMatch(raw, parameter, context)) };
    case 'number': return { kind: 'number', param, anyOf: alternatives.map((raw) => parseNumberMatch(raw, parameter)) };
    case 'quantity': return { kind: 'quantity', param, anyOf: alternatives.map((raw) => parseQuantityMatch(raw, parameter)) };
    case 'uri': return { kind: 'uri', param, match: modifier === 'above' || modifier === 'below' ? modifier : 'exact', anyOf: alternatives.map(unescapeValue) };
  }
}

function negation(modifier: string | undefined): { readonly negate?: true } {
  return modifier === 'not' ? { negate: true } : {};
}

function parseId(raw: string, parameter: SearchParameter): string {
  if (!isId(raw)) throw malformed(parameter, 'is a logical id: up to 64 letters, digits, - and .');
  return raw;
}

function stringClause(parameter: SearchParameter, modifier: string | undefined, alternatives: readonly string[]): Clause {
  const texts = alternatives.map(unescapeValue);
  if (modifier === 'exact') return { kind: 'string', param: parameter.code, match: 'exact', anyOf: texts };
  const folded = texts.map(foldText);
  if (folded.includes('')) throw malformed(parameter, 'has at least one letter, digit or sign');
  return { kind: 'string', param: parameter.code, match: modifier === 'contains' ? 'contains' : 'starts', anyOf: folded };
}
