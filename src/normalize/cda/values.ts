import type { JsonObject } from '../../fhir/resource.ts';
import { absentReason, conceptOf, isBlank } from './concepts.ts';
import type { DocumentContext } from './context.ts';
import { timeAt } from './context.ts';
import { defined } from '../defined.ts';
import type { XmlElement } from './element.ts';
import { attributeOf, childAt, textIn } from './element.ts';
import type { PrintedNumber } from '../read-printed-number.ts';
import { agreesWithPercent, readPrintedNumber } from '../read-printed-number.ts';
import { ELEMENT } from './data-elements.ts';

export interface ValueHow {
  /** Unit that stands apart from the value. */
  readonly unit?: string | undefined;
  /** True for an element that is a quantity by definition, whatever type its value claims. */
  readonly isQuantity: boolean;
}

/** What an observation says. */
export interface ObservedValue {
  /** `value[x]`, or `dataAbsentReason` where there is none. */
  readonly value: JsonObject;
  /** What an arrow behind a number says, as a code of v3 ObservationInterpretation. */
  readonly flag?: PrintedNumber['flag'];
  /** A unit that words or a code have no place for, with its own place in the document: `DE04.30.016.00: mg/dL`. */
  readonly unitNote?: string;
}

const CODED: ReadonlySet<string> = new Set(['CD', 'CE', 'CV', 'CO', 'CS']);
const NUMERIC: ReadonlySet<string> = new Set(['PQ', 'REAL', 'INT']);

/**
 * The value of an observation as `value[x]`, by its declared type or, without one, by its attributes. A number keeps its
 * digits; words in a numeric type stay words, since the template has no other place for them.
 */
export function valueOf(context: DocumentContext, element: XmlElement | undefined, how: ValueHow): ObservedValue {
  if (element === undefined || attributeOf(element, 'nullFlavor') !== undefined) return { value: { dataAbsentReason: absentReason(element) } };
  const type = element.type ?? guessType(element);
  if (CODED.has(type)) return { value: named('valueCodeableConcept', conceptOf(element)), ...unitNote(element, how) };
  if (type === 'BL') return { value: booleanOf(element) };
  if (type === 'TS') return { value: named('valueDateTime', timeAt(context, element)) };
  if (type === 'IVL_PQ') return { value: named('valueRange', rangeOf(element)) };
  if (type.startsWith('RTO')) return { value: named('valueRatio', ratioOf(element)) };
  const text = attributeOf(element, 'value') ?? textIn(element);
  if (text === undefined) return { value: { dataAbsentReason: absentReason(undefined) } };
  const number = NUMERIC.has(type) || how.isQuantity ? readPrintedNumber(text) : undefined;
  const valueQuantity = number === undefined ? undefined : quantityOf(number, unitIn(element, how));
  return valueQuantity === undefined ? { value: { valueString: text }, ...unitNote(element, how) } : { value: { valueQuantity }, flag: number?.flag };
}

function unitIn(element: XmlElement, { unit }: Pick<ValueHow, 'unit'>): string | undefined {
  const own = attributeOf(element, 'unit') ?? unit;
  return own === undefined || isBlank(own) ? undefined : own;
}

function unitNote(element: XmlElement, how: ValueHow): Pick<ObservedValue, 'unitNote'> {
  const unit = unitIn(element, how);
  if (unit === undefined) return {};
  return { unitNote: `${attributeOf(element, 'unit') === undefined ? ELEMENT.unit : 'value/@unit'}: ${unit}` };
}

function guessType(element: XmlElement): string {
  if (attributeOf(element, 'code') !== undefined) return 'CD';
  if (childAt(element, 'low') !== undefined || childAt(element, 'high') !== undefined) return 'IVL_PQ';
  return attributeOf(element, 'value') === undefined ? 'ST' : 'PQ';
}

/** Undefined for a percentage in another unit: which of the two is wrong nobody can tell. */
function quantityOf({ value, comparator, unit: printed }: PrintedNumber, unit: string | undefined): JsonObject | undefined {
  if (printed === '%' && !agreesWithPercent(unit ?? '')) return undefined;
  return defined({ value, comparator, unit: unit ?? printed });
}

/** A physical quantity in attributes, `<low value="3.9" unit="mmol/L"/>`. */
export function quantityIn(element: XmlElement | undefined): JsonObject | undefined {
  const text = attributeOf(element, 'value');
  const number = text === undefined ? undefined : readPrintedNumber(text);
  return element === undefined || number === undefined ? undefined : quantityOf(number, unitIn(element, {}));
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
