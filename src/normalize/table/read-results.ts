import type { JsonObject } from '../../fhir/resource.ts';
import type { Status } from './facts.ts';
import type { TableMapping } from './mapping.ts';
import type { Place, ResultPlace } from './plan-columns.ts';
import type { ReferenceRange } from './read-range.ts';
import type { PrintedNumber } from '../read-printed-number.ts';
import { agreesWithPercent } from '../read-printed-number.ts';
import { readLimits, readRange } from './read-range.ts';
import { readResult } from './read-result.ts';
import type { RowFault, Said } from './read-row.ts';
import { cellFault, cellText, codedValue } from './read-row.ts';

/** One result of a row. */
export interface ResultSaid {
  readonly column: string;
  /** The cell. */
  readonly text: string;
  readonly code: string;
  readonly display: string;
  readonly method: string;
  /** `valueQuantity`, `valueString`, `dataAbsentReason`, or none of them. */
  readonly value: JsonObject;
  /** Code of v3 ObservationInterpretation, or words in `flagText`. */
  readonly flag: string;
  readonly flagText: string;
  readonly range: ReferenceRange | undefined;
  readonly unit: string;
  /** A unit that words have no place for, as a note with its column: `单位: mg/dL`. */
  readonly unitNote?: string;
}

/** How the results of a delivery are read. */
export interface ResultReading {
  readonly mapping: TableMapping;
  readonly absent: ReadonlyMap<string, string>;
  /** Of a table of kind `result`. */
  readonly place: Place | undefined;
  readonly flagPlace: Place | undefined;
  readonly unitPlace: Place | undefined;
  readonly places: readonly ResultPlace[];
}

const ABSENT_REASON = 'http://terminology.hl7.org/CodeSystem/data-absent-reason';
/** https://hl7.org/fhir/R4/valueset-observation-status.html: those that have no value by their nature. */
const WITHOUT_VALUE: ReadonlySet<string> = new Set<Status>(['registered', 'cancelled', 'entered-in-error']);
/** Not of `-` or `/`, which stand for no unit. */
const OF_A_UNIT = /[\p{L}\p{N}%‰]/u;

/** The result of a row of kind `result`. @param faults gets why there is none */
export function readOneResult(said: Said, reading: ResultReading, faults: RowFault[]): ResultSaid | undefined {
  const column = reading.place?.column ?? '';
  const { decimalComma } = reading.mapping;
  const range = said.range !== '' ? readRange(said.range, decimalComma) : said.low !== '' || said.high !== '' ? readLimits(said.low, said.high, decimalComma) : undefined;
  const flag = flagOf(said.flag, reading.flagPlace);
  return resultSaid({ column, text: said.result, code: said.itemCode, display: said.itemName, method: said.method, unit: said.unit, range, ...flag }, said.status, reading, faults);
}

/** The results of a row of kind `report`: an empty cell is a test that was not done, unless the mapping says otherwise. */
export function readResultColumns(cells: readonly string[], said: Said, reading: ResultReading, faults: RowFault[]): ResultSaid[] {
  return reading.places.flatMap(({ result, at, column, flag }) => {
    const text = cellText(cells[at]);
    if (text === '' && !reading.absent.has('')) return [];
    const { code, display = '', unit = '', method = '', range } = result;
    const raw = {
      column, text, code, display, unit, method,
      range: range === undefined ? undefined : readRange(range, false),
      ...flagOf(flag === undefined ? '' : cellText(cells[flag.at]), flag),
    };
    return resultSaid(raw, said.status, reading, faults) ?? [];
  });
}

type Raw = Omit<ResultSaid, 'value' | 'unitNote'>;

function resultSaid(raw: Raw, status: string, reading: ResultReading, faults: RowFault[]): ResultSaid | undefined {
  const { text, column, unit } = raw;
  const reason = reading.absent.get(text);
  if (reason !== undefined) return { ...raw, value: absentBecause(reason) };
  const read = readResult(text, reading.mapping.decimalComma);
  if (read.kind === 'none') return withoutResult(raw, status, faults);
  const fault = cellFault(text);
  if (fault !== undefined) {
    faults.push({ column, code: 'value', diagnostics: fault });
    return undefined;
  }
  if (read.kind === 'words') return { ...raw, value: { valueString: text }, ...(OF_A_UNIT.test(unit) ? { unitNote: `${unitColumn(raw, reading)}: ${unit}` } : {}) };
  if (read.number.unit === '%' && !agreesWithPercent(unit)) {
    faults.push({ column, code: 'value', diagnostics: `The cell gives a percentage, and the unit of the result is ${unit}: one of the two is wrong` });
    return undefined;
  }
  return quantitySaid(raw, read.number);
}

function quantitySaid(raw: Raw, { value, comparator, flag: arrow, unit: printed }: PrintedNumber): ResultSaid {
  const flag = raw.flag === '' && raw.flagText === '' ? arrow ?? '' : raw.flag;
  const unit = raw.unit === '' ? printed ?? '' : raw.unit;
  return { ...raw, flag, unit, value: { valueQuantity: { value, ...(comparator === undefined ? {} : { comparator }), ...(unit === '' ? {} : { unit }) } } };
}

/** Where the unit stands: in a table of kind `report` it is that of the column of the result. */
function unitColumn({ column }: Raw, { mapping, unitPlace }: ResultReading): string {
  return (mapping.kind === 'report' ? column : unitPlace?.column) || 'unit';
}

function withoutResult(raw: Raw, status: string, faults: RowFault[]): ResultSaid | undefined {
  if (WITHOUT_VALUE.has(status)) return { ...raw, value: {} };
  if (status === 'preliminary' && raw.text === '') return { ...raw, value: absentBecause('temp-unknown') };
  const what = raw.text === '' ? 'is empty' : `says ${raw.text}, which is no result`;
  faults.push({ column: raw.column, code: raw.text === '' ? 'required' : 'value', diagnostics: `The cell ${what}: if that is meant, the mapping must say in absent why there is none` });
  return undefined;
}

function absentBecause(code: string): JsonObject {
  return { dataAbsentReason: { coding: [{ system: ABSENT_REASON, code }] } };
}

function flagOf(text: string, place: Place | undefined): { readonly flag: string; readonly flagText: string } {
  if (place === undefined) return { flag: '', flagText: '' };
  const flag = place.at < 0 ? place.constant : codedValue(text, place);
  return flag === undefined ? { flag: '', flagText: text } : { flag, flagText: '' };
}
