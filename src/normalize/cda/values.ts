import type { JsonObject } from '../../fhir/resource.ts';
import { absentReason, conceptOf, isBlank } from './concepts.ts';
import type { DocumentContext } from './context.ts';
import { timeAt } from './context.ts';
import { defined } from '../defined.ts';
import type { XmlElement } from './element.ts';
import { attributeOf, childAt, textIn } from './element.ts';
import { readNumber } from './numbers.ts';

export interface ValueHow {
  /** Unit that stands apart from the value. */
  readonly unit?: string | undefined;
  /** True for an element that is a quantity by definition, whatever type its value claims. */
  readonly isQuantity: boolean;
}

const CODED: ReadonlySet<string> = new Set(['CD', 'CE', 'CV', 'CO', 'CS']);
const NUMERIC: ReadonlySet<string> = new Set(['PQ', 'REAL', 'INT']);

/**
 * The value of an observation as `value[x]`, by its declared type or, without one, by its attributes. A number keeps its
 * digits; words in a numeric type stay words, since the template has no other place for them.
 *
 * @returns `dataAbsentReason` where there is none
 */
export function valueOf(context: DocumentContext, element: XmlElement | undefined, { unit, isQuantity }: ValueHow): JsonObject {
  if (element === undefined || attributeOf(element, 'nullFlavor') !== undefined) return { dataAbsentReason: absentReason(element) };
  const type = element.type ?? guessType(element);
  if (CODED.has(type)) return named('valueCodeableConcept', conceptOf(element));
  if (type === 'BL') return booleanOf(element);
  if (type === 'TS') return named('valueDateTime', timeAt(context, element));
  if (type === 'IVL_PQ') return named('valueRange', rangeOf(element));
  if (type.startsWith('RTO')) return named('valueRatio', ratioOf(element));
  const text = attributeOf(element, 'value') ?? textIn(element);
  if (text === undefined) return { dataAbsentReason: absentReason(undefined) };
  const asQuantity = NUMERIC.has(type) || isQuantity ? quantityOf(text, attributeOf(element, 'unit') ?? unit) : undefined;
  return asQuantity === undefined ? { valueString: text } : { valueQuantity: asQuantity };
}

function guessType(element: XmlElement): string {
  if (attributeOf(element, 'code') !== undefined) return 'CD';
  if (childAt(element, 'low') !== undefined || childAt(element, 'high') !== undefined) return 'IVL_PQ';
  return attributeOf(element, 'value') === undefined ? 'ST' : 'PQ';
}

/** Undefined for a text that is no number. */
export function quantityOf(text: string, unit: string | undefined): JsonObject | undefined {
  const number = readNumber(text);
  if (number === undefined) return undefined;
  return defined({ value: number.value, comparator: number.comparator, unit: unit === undefined || isBlank(unit) ? undefined : unit });
}

/** A physical quantity in attributes, `<low value="3.9" unit="mmol/L"/>`. */
export function quantityIn(element: XmlElement | undefined): JsonObject | undefined {
  const text = attributeOf(element, 'value');
  return text === undefined ? undefined : quantityOf(text, attributeOf(element, 'unit'));
}

/** An interval of quantities as a Range, whose limits have no comparator in R4. */
export function rangeOf(element: XmlElement | undefined): JsonObject | undefined {
  const [low, high] = [plain(quantityIn(childAt(element, 'low'))), plain(quantityIn(childAt(element, 'high')))];
  return low === undefined && high === undefined ? undefined : defined({ low, high });
}

function plain(quantity: JsonObject | undefined): JsonObject | undefined {
  const { comparator: _comparator, ...rest } = quantity ?? {};
  return quantity === undefined ? undefined : rest;
}

function ratioOf(element: XmlElement): JsonObject | undefined {
  const [numerator, denominator] = [quantityIn(childAt(element, 'numerator')), quantityIn(childAt(element, 'denominator'))];
  return numerator === undefined || denominator === undefined ? undefined : { numerator, denominator };
}

function booleanOf(element: XmlElement): JsonObject {
  const value = attributeOf(element, 'value') ?? textIn(element);
  return named('valueBoolean', value === 'true' || value === '1' ? true : value === 'false' || value === '0' ? false : undefined);
}

function named(name: string, value: JsonObject | string | boolean | undefined): JsonObject {
  return value === undefined ? { dataAbsentReason: absentReason(undefined) } : { [name]: value };
}
