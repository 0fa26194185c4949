import { parseDateRange } from '../dates.ts';
import { parseReference } from '../references.ts';
import { isId } from '../resource.ts';
import { splitUnescaped, unescapeValue } from './escape.ts';
import { isNumeral, justBelow, precisionRange } from './number-range.ts';
import type { SearchParameter } from './parameters.ts';
import type { Prefix, QuantityMatch, RangeMatch, ReferenceMatch, TokenMatch } from './query.ts';
import { referenceTarget } from './reference-terms.ts';
import { SearchFault, type SearchContext } from './search-request.ts';
import { ofTypeSystem } from './token-terms.ts';

const BOOLEAN_SYSTEM = 'http://hl7.org/fhir/special-values';
const PREFIXES: readonly Prefix[] = ['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap'];
/** Part of the value, or of the time from now to a date, by which `ap` may miss. */
const APPROXIMATION = 0.1;

/** `code`, `system|code`, `|code` or `system|`. @throws SearchFault */
export function parseToken(raw: string, parameter: SearchParameter, { preferredSystems }: Pick<SearchContext, 'preferredSystems'>): TokenMatch {
  const parts = splitUnescaped(raw, '|').map(unescapeValue);
  const [first = '', code] = parts;
  if (parts.length > 2 || (first === '' && (code ?? '') === '')) throw malformed(parameter, 'is code, system|code, |code or system|');
  const given = code ?? first;
  if (isBoolean(parameter) && given !== 'true' && given !== 'false') throw malformed(parameter, 'is true or false');
  if (code === undefined) return { code: first };
  // What is a plain code in the data has no system there; its value set implies one.
  const system = parameter.impliedSystems.includes(first) ? '' : preferredSystems?.get(first) ?? first;
  return code === '' ? { system } : { system, code };
}

/** `system|code|value`: the type of an Identifier, and its value. @throws SearchFault */
export function parseOfType(raw: string, parameter: SearchParameter, { preferredSystems }: Pick<SearchContext, 'preferredSystems'>): TokenMatch {
  const [system, code, value, ...more] = splitUnescaped(raw, '|').map(unescapeValue);
  if (system === undefined || code === undefined || value === undefined || value === '' || more.length > 0) throw malformed(parameter, 'with :of-type is system|code|value');
  return { system: ofTypeSystem(preferredSystems?.get(system) ?? system, code), code: value };
}

/** A logical id, `Type/id` or a URL. @param only the type that a modifier names @throws SearchFault */
export function parseReferenceMatch(raw: string, parameter: SearchParameter, context: SearchContext, only?: string): ReferenceMatch {
  const text = unescapeValue(raw);
  const type = only ?? (parameter.targets.length === 1 ? parameter.targets[0] : undefined);
  if (isId(text)) return type === undefined ? { id: text } : { type, id: text };
  const { kind } = parseReference(text);
  const target = kind === 'conditional' ? undefined : referenceTarget(text, context.baseUrl);
  if (target === undefined) throw malformed(parameter, 'is a logical id, Type/id or a URL');
  if (target.url !== '') return { url: target.url };
  const allowed = only === undefined ? parameter.targets : [only];
  if (allowed.length > 0 && !allowed.includes(target.type)) throw malformed(parameter, `can refer to ${allowed.join(', ')} only`);
  return { type: target.type, id: target.id };
}

/** @throws SearchFault */
export function parseDateMatch(raw: string, parameter: SearchParameter, context: SearchContext): RangeMatch {
  const { prefix, rest } = splitPrefix(unescapeValue(raw));
  // A plus sign that was not percent-encoded arrives as a blank.
  const range = parseDateRange(rest.replace(/ (?=\d{2}:\d{2}$)/, '+'), context.offsetMinutes);
  if (range === undefined) throw malformed(parameter, `is a date like 2026, 2026-03, 2026-03-01 or 2026-03-01T08:00:00+08:00, after an optional prefix ${PREFIXES.join(', ')}`);
  const slack = prefix === 'ap' ? Math.round(Math.abs(context.now - range.start) * APPROXIMATION) : 0;
  return { prefix, low: range.start - slack, high: range.end + slack };
}

/** @throws SearchFault */
export function parseNumberMatch(raw: string, parameter: SearchParameter): RangeMatch {
  return numberMatch(unescapeValue(raw), parameter, 'is a number like 5.4 or 1e2');
}

/** `5.4`, `5.4|system|code` or `5.4||unit`. @throws SearchFault */
export function parseQuantityMatch(raw: string, parameter: SearchParameter): QuantityMatch {
  const [numeral = '', system, code, ...more] = splitUnescaped(raw, '|').map(unescapeValue);
  const expected = 'is a number, number|system|code or number||unit';
  if ((system !== undefined && code === undefined) || more.length > 0) throw malformed(parameter, expected);
  const match = numberMatch(numeral, parameter, expected);
  return { ...match, ...(system === undefined || system === '' ? {} : { system }), ...(code === undefined || code === '' ? {} : { code }) };
}

/** @param expected end of the sentence "A value of 'x' …" */
export function malformed(parameter: Pick<SearchParameter, 'code'>, expected: string): SearchFault {
  return new SearchFault('malformed', `A value of the search parameter '${parameter.code}' ${expected}`);
}

/** Only `eq`, `ne` and `ap` look at the precision of the number; for the rest it is exact. @see https://hl7.org/fhir/R4/search.html#number */
function numberMatch(text: string, parameter: SearchParameter, expected: string): RangeMatch {
  const { prefix, rest } = splitPrefix(text);
  if (!isNumeral(rest)) throw malformed(parameter, `${expected}, after an optional prefix ${PREFIXES.join(', ')}`);
  const value = Number(rest);
  if (prefix !== 'eq' && prefix !== 'ne' && prefix !== 'ap') return { prefix, low: value, high: value };
  const { low, high } = precisionRange(rest);
  const slack = prefix === 'ap' ? Math.abs(value) * APPROXIMATION : 0;
  return { prefix, low: Math.min(low, value - slack), high: Math.max(justBelow(high), value + slack) };
}

function splitPrefix(text: string): { prefix: Prefix; rest: string } {
  const prefix = PREFIXES.find((candidate) => text.startsWith(candidate));
  return prefix === undefined ? { prefix: 'eq', rest: text } : { prefix, rest: text.slice(prefix.length) };
}

function isBoolean(parameter: SearchParameter): boolean {
  return parameter.impliedSystems.length === 1 && parameter.impliedSystems[0] === BOOLEAN_SYSTEM;
}
