import type { JsonObject, JsonValue } from '../../../fhir/resource.ts';
import { textOf } from '../../../fhir/resource.ts';
import { asCode, conceptOf, conceptsOf } from '../datatypes/concept.ts';
import { element } from '../datatypes/element.ts';
import { humanName, XCN, XPN } from '../datatypes/name.ts';
import { numberIn } from '../datatypes/number.ts';
import type { Unit } from '../datatypes/quantity.ts';
import { period, readTime } from '../datatypes/time.ts';
import type { PrintedNumber } from '../../read-printed-number.ts';
import { agreesWithPercent, readPrintedNumber } from '../../read-printed-number.ts';
import type { Segment, Value } from '../segment.ts';
import { isText } from './observed-texts.ts';
import type { Reading } from './reading.ts';
import { report } from './reading.ts';

/** A value as an Observation holds it: `valueQuantity`, or several of them as components. */
export interface ObservedValue {
  readonly member: string;
  readonly value: JsonValue;
  /** A unit that the value has no place for. */
  readonly strayUnit?: string;
  /** What an arrow behind a number says, as a code of v3 ObservationInterpretation. */
  readonly flag?: PrintedNumber['flag'];
}

const COMPARED = /^(<=|>=|=<|=>|<|>|≤|≥|≦|≧|＜|＞)?\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?)$/;
const COMPARATORS: ReadonlyMap<string, string> = new Map([
  ['<', '<'], ['＜', '<'], ['<=', '<='], ['=<', '<='], ['≤', '<='], ['≦', '<='], ['>', '>'], ['＞', '>'], ['>=', '>='], ['=>', '>='], ['≥', '>='], ['≧', '>='],
]);
const TIME_OF_DAY = /^([01]\d|2[0-3])([0-5]\d)(?:([0-5]\d)(\.\d+)?)?$/;

/**
 * OBX-5 by the type that OBX-2 gives it. What is not what it claims to be (a number that is a word, two numbers for one)
 * is told as text, so that nothing is lost.
 *
 * @param lines the OBX, and those that continue its text
 * @param unit that of OBX-6
 * @returns undefined where there is no value
 * @see https://build.fhir.org/ig/HL7/v2-to-fhir/ConceptMap-segment-obx-to-observation.html
 */
export function observedValue(reading: Reading, lines: readonly Segment[], unit: Unit): ObservedValue | undefined {
  const [obx, ...others] = lines;
  if (obx === undefined) return undefined;
  if (others.length > 0) return stringValue(lines.map((line) => laidOut(line.values(5))).join('\n'), unit);
  const values = obx.values(5).filter((value) => !value.isNull);
  const [first] = values;
  if (first === undefined) return undefined;
  const type = obx.text(2);
  const read = values.length === 1 || CODED.has(type) ? READERS.get(type) : undefined;
  return read?.({ reading, obx, values, unit }, first) ?? stringValue(isText(obx) ? laidOut(values) : values.map(spoken).join('\n'), unit);
}

const CODED: ReadonlySet<string> = new Set(['CE', 'CWE', 'CNE', 'CF']);

interface Observed { readonly reading: Reading; readonly obx: Segment; readonly values: readonly Value[]; readonly unit: Unit }
type Reader = (observed: Observed, value: Value) => ObservedValue | undefined;

const READERS: ReadonlyMap<string, Reader> = new Map([
  ...['NM', 'SI'].map((type) => [type, readNumber] as const),
  ['SN', readStructured],
  ...['ST', 'TX', 'FT', ''].map((type) => [type, readText] as const),
  ...[...CODED].map((type) => [type, readCoded] as const),
  ...['IS', 'ID'].map((type) => [type, readSimpleCode] as const),
  ...['DT', 'TS', 'DTM'].map((type) => [type, readDate] as const),
  ['TM', readTimeOfDay], ['DR', readPeriod], ['NR', readRange],
  ...['XPN', 'PN'].map((type) => [type, (observed: Observed, value: Value) => readName(observed, value, XPN)] as const),
  ...['XCN', 'CN'].map((type) => [type, (observed: Observed, value: Value) => readName(observed, value, XCN)] as const),
]);

function stringValue(text: string, unit: Unit): ObservedValue | undefined {
  return text.trim() === '' ? undefined : { member: 'valueString', value: text.trimEnd(), ...strayUnit(unit) };
}

function strayUnit({ unit }: Unit): Pick<ObservedValue, 'strayUnit'> {
  return unit === undefined ? {} : { strayUnit: unit };
}

/** Text as its sender laid it out; repetitions stand on lines of their own. */
function laidOut(values: readonly Value[]): string {
  return values.map((value) => value.wholeText()).join('\n');
}

/** The parts of a value of a type that no element is for, as a person reads them. */
function spoken(value: Value): string {
  return Array.from({ length: value.components() }, (_, index) => Array.from({ length: value.subcomponents(index + 1) }, (_part, part) => value.text(index + 1, part + 1)).filter(Boolean).join(' ')).filter(Boolean).join(' ');
}

function comparedQuantity(text: string, unit: Unit): JsonObject | undefined {
  const [, sign, numeral = ''] = COMPARED.exec(text) ?? [];
  const value = numberIn(numeral);
  return value === undefined ? undefined : element({ value, comparator: sign === undefined ? undefined : COMPARATORS.get(sign), ...unit });
}

function readNumber({ unit }: Observed, value: Value): ObservedValue | undefined {
  if (value.components() > 1) return undefined;
  const text = value.text(1);
  const quantity = comparedQuantity(text, unit);
  return quantity === undefined ? readPrinted(text.trim(), unit) : { member: 'valueQuantity', value: quantity };
}

/** A number with what laboratories print around it: `7.8↑`, `1,234.5`, `42%`. */
function readPrinted(text: string, unit: Unit): ObservedValue | undefined {
  const printed = readPrintedNumber(text);
  if (printed === undefined || (printed.unit !== undefined && !agreesWithPercent(unit.unit ?? ''))) return undefined;
  const { value, comparator, flag } = printed;
  const own = unit.unit === undefined && printed.unit !== undefined ? { unit: printed.unit } : unit;
  return { member: 'valueQuantity', value: element({ value, comparator, ...own }) ?? {}, flag };
}

/** A text that is a number with a unit is one: laboratories that report `<0.01` declare all their results as text. `+1` is a grade. */
function readText(observed: Observed, value: Value): ObservedValue | undefined {
  if (/^\+\d$/.test(value.text(1).trim())) return undefined;
  return observed.unit.unit === undefined && !value.text(1).trim().endsWith('%') ? undefined : readNumber(observed, value);
}

/** SN: a comparator, a number, a sign and a second number. */
function readStructured({ unit }: Observed, value: Value): ObservedValue | undefined {
  const [comparator, first, sign, second] = [1, 2, 3, 4].map((component) => value.text(component)) as [string, string, string, string];
  const low = numberIn(first);
  const high = numberIn(second);
  const known = COMPARATORS.get(comparator);
  if (low === undefined || (comparator !== '' && comparator !== '=' && known === undefined)) return undefined;
  if (sign === '' && second === '') return { member: 'valueQuantity', value: { value: low, ...(known === undefined ? {} : { comparator: known }), ...unit } };
  if (high === undefined) return undefined;
  if (sign === '-' && known === undefined) return { member: 'valueRange', value: { low: { value: low, ...unit }, high: { value: high, ...unit } } };
  if (sign !== ':' && sign !== '/') return undefined;
  return { member: 'valueRatio', value: { numerator: { value: low, ...(known === undefined ? {} : { comparator: known }), ...unit }, denominator: { value: high, ...unit } } };
}

/** Several answers to one question are components: as one concept they would be translations of each other. */
function readCoded({ reading, obx, values, unit }: Observed, value: Value): ObservedValue | undefined {
  if (values.length === 1) {
    const concept = conceptOf(reading, value);
    return concept === undefined ? undefined : { member: 'valueCodeableConcept', value: concept, ...strayUnit(unit) };
  }
  const code = conceptOf(reading, obx.value(3)) ?? { text: obx.place(3) };
  const components = conceptsOf(reading, values).map((concept) => ({ code, valueCodeableConcept: concept }));
  return components.length === 0 ? undefined : { member: 'component', value: components, ...strayUnit(unit) };
}

function readSimpleCode({ unit }: Observed, value: Value): ObservedValue | undefined {
  const code = asCode(value.wholeText().trim());
  return code === '' ? undefined : { member: 'valueCodeableConcept', value: { coding: [{ code }] }, ...strayUnit(unit) };
}

function readDate({ reading, obx }: Observed, value: Value): ObservedValue | undefined {
  const time = readTime(reading, value.text(1), { segment: obx, field: 5 });
  return time === undefined ? undefined : { member: 'valueDateTime', value: time };
}

/** A time of day in another zone is a text: FHIR knows none. */
function readTimeOfDay({ reading, obx }: Observed, value: Value): ObservedValue | undefined {
  const text = value.text(1);
  const [, hour = '', minute = '', second = '00', fraction = ''] = TIME_OF_DAY.exec(text) ?? [];
  if (hour !== '') return { member: 'valueTime', value: `${hour}:${minute}:${second}${fraction}` };
  if (!/^\d{2,6}(\.\d+)?[+-]\d{4}$/.test(text)) report(reading, 'value', { segment: obx, field: 5 }, 'The value is no time of day of the form HHMM or HHMMSS');
  return undefined;
}

function readPeriod({ reading, obx }: Observed, value: Value): ObservedValue | undefined {
  const place = { segment: obx, field: 5 };
  const time = period(readTime(reading, value.text(1), place), readTime(reading, value.text(2), place));
  return time === undefined ? undefined : { member: 'valuePeriod', value: time };
}

function readRange({ unit }: Observed, value: Value): ObservedValue | undefined {
  const low = numberIn(value.text(1));
  const high = numberIn(value.text(2));
  if (low === undefined && high === undefined) return undefined;
  return { member: 'valueRange', value: element({ low: low === undefined ? undefined : { value: low, ...unit }, high: high === undefined ? undefined : { value: high, ...unit } }) ?? {} };
}

function readName({ reading, obx }: Observed, value: Value, layout: typeof XPN): ObservedValue | undefined {
  const name = humanName(reading, value, layout, { segment: obx, field: 5 });
  const number = layout === XCN ? value.text(1) : '';
  const text = [textOf(name?.['text']), number].filter(Boolean).join(' ');
  return text === '' ? undefined : { member: 'valueString', value: text };
}
