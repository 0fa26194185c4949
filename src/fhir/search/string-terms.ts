import { isList, isObject, type JsonValue } from '../resource.ts';
import { plain, type Item } from '../path/compile.ts';
import { foldText } from './fold.ts';
import type { TermLists } from './term-lists.ts';

/** The parts of HumanName, Address and CodeableConcept that a string parameter looks at. */
const PARTS = ['text', 'family', 'given', 'prefix', 'suffix', 'line', 'city', 'district', 'state', 'postalCode', 'country'] as const;

/** Adds the searchable texts of a string, a HumanName or an Address. @see https://hl7.org/fhir/R4/search.html#string */
export function addStrings(item: Item, param: string, into: TermLists): void {
  const value = plain(item);
  if (!isObject(value)) {
    addString(value, param, into);
    return;
  }
  for (const part of PARTS) addString(value[part], param, into);
}

function addString(value: JsonValue | undefined, param: string, into: TermLists): void {
  if (isList(value)) {
    for (const one of value) addString(one, param, into);
  } else if (typeof value === 'string') {
    const folded = foldText(value);
    if (folded !== '') into.string.push({ param, folded, exact: value });
  }
}
