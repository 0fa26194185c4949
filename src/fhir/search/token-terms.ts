import { isNumeric, numeralOf } from '../json.ts';
import { isList, isObject, textOf, type JsonObject, type JsonValue } from '../resource.ts';
import { plain, type Item } from '../path/compile.ts';
import type { TermLists } from './term-lists.ts';

/** Adds the tokens of a CodeableConcept, Coding, Identifier, ContactPoint, code, boolean or text. @see https://hl7.org/fhir/R4/search.html#token */
export function addTokens(item: Item, param: string, into: TermLists): void {
  const value = plain(item);
  if (typeof value === 'string') into.token.push({ param, system: '', code: value });
  else if (typeof value === 'boolean') into.token.push({ param, system: '', code: String(value) });
  else if (isNumeric(value)) into.token.push({ param, system: '', code: numeralOf(value) });
  else if (isObject(value)) addObject(value, param, into);
}

/** The tokens of an Identifier; with its type also those that `:of-type` finds, under a parameter name of their own. */
export function addIdentifier(identifier: JsonObject, param: string, into: TermLists): void {
  const { value, type } = identifier;
  addToken(param, identifier['system'], value, into);
  if (!isObject(type) || !isList(type['coding']) || typeof value !== 'string') return;
  for (const coding of type['coding']) {
    if (isObject(coding) && typeof coding['code'] === 'string') into.token.push({ param: ofTypeParam(param), system: ofTypeSystem(textOf(coding['system']), coding['code']), code: value });
  }
}

/** Under which `identifier:of-type` is indexed. */
export function ofTypeParam(param: string): string {
  return `${param}:of-type`;
}

/** System of an of-type token: the identifier's type, not its system. */
export function ofTypeSystem(typeSystem: string, typeCode: string): string {
  return `${typeSystem}|${typeCode}`;
}

function addObject(value: JsonObject, param: string, into: TermLists): void {
  const { coding } = value;
  if (isList(coding)) {
    for (const one of coding) if (isObject(one)) addToken(param, one['system'], one['code'], into);
  } else if (value['value'] !== undefined) {
    addIdentifier(value, param, into);
  } else {
    addToken(param, value['system'], value['code'], into);
  }
}

function addToken(param: string, system: JsonValue | undefined, code: JsonValue | undefined, into: TermLists): void {
  const term = { param, system: textOf(system), code: textOf(code) };
  if (term.system !== '' || term.code !== '') into.token.push(term);
}
