import { isNumeric, numeralOf } from '../json.ts';
import { isList, isObject, textOf, type JsonObject, type JsonValue } from '../resource.ts';
import { plain, type Item } from '../path/compile.ts';
import type { TermLists } from './term-lists.ts';

/** Names of systems that have a preferred one, see `Definitions.preferredSystems`. */
type Systems = ReadonlyMap<string, string>;

/**
 * Makes the function that adds the tokens of a CodeableConcept, Coding, Identifier, ContactPoint, code, boolean or text.
 *
 * @param systems a system of several names is indexed under the preferred one, so that any of them finds it
 * @see https://hl7.org/fhir/R4/search.html#token
 */
export function tokenAdder(systems: Systems): (item: Item, param: string, into: TermLists) => void {
  return (item, param, into) => {
    const value = plain(item);
    if (typeof value === 'string') into.token.push({ param, system: '', code: value });
    else if (typeof value === 'boolean') into.token.push({ param, system: '', code: String(value) });
    else if (isNumeric(value)) into.token.push({ param, system: '', code: numeralOf(value) });
    else if (isObject(value)) addObject(value, { param, into, systems });
  };
}

/** Makes the function that adds the tokens of an Identifier; with its type also those that `:of-type` finds, under a parameter name of their own. */
export function identifierAdder(systems: Systems): (identifier: JsonObject, param: string, into: TermLists) => void {
  return (identifier, param, into) => addIdentifier(identifier, { param, into, systems });
}

/** Under which `identifier:of-type` is indexed. */
export function ofTypeParam(param: string): string {
  return `${param}:of-type`;
}

/** System of an of-type token: the identifier's type, not its system. */
export function ofTypeSystem(typeSystem: string, typeCode: string): string {
  return `${typeSystem}|${typeCode}`;
}

interface Target { readonly param: string; readonly into: TermLists; readonly systems: Systems }

function addObject(value: JsonObject, target: Target): void {
  const { coding } = value;
  if (isList(coding)) {
    for (const one of coding) if (isObject(one)) addToken(one['system'], one['code'], target);
  } else if (value['value'] !== undefined) {
    addIdentifier(value, target);
  } else {
    addToken(value['system'], value['code'], target);
  }
}

function addIdentifier(identifier: JsonObject, target: Target): void {
  const { value, type } = identifier;
  addToken(identifier['system'], value, target);
  if (!isObject(type) || !isList(type['coding']) || typeof value !== 'string') return;
  const { param, into, systems } = target;
  for (const coding of type['coding']) {
    if (isObject(coding) && typeof coding['code'] === 'string') into.token.push({ param: ofTypeParam(param), system: ofTypeSystem(preferredOf(systems, coding['system']), coding['code']), code: value });
  }
}

function addToken(system: JsonValue | undefined, code: JsonValue | undefined, { param, into, systems }: Target): void {
  const term = { param, system: preferredOf(systems, system), code: textOf(code) };
  if (term.system !== '' || term.code !== '') into.token.push(term);
}

function preferredOf(systems: Systems, system: JsonValue | undefined): string {
  const name = textOf(system);
  return systems.get(name) ?? name;
}
