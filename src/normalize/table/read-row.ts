import type { IssueCode } from '../../fhir/outcome.ts';
import { residentIdFault } from '../../fhir/validation/identifiers.ts';
import { DATE_FACTS, FACTS, type FactName } from './facts.ts';
import type { Place, Plan } from './plan-columns.ts';

/** One row of a table below its header. */
export interface TableRow {
  /** As spreadsheets count, 1 is the first row of the file. */
  readonly row: number;
  readonly cells: readonly string[];
  /** Why the cells cannot be told apart. */
  readonly broken?: string | undefined;
}

/** What a row says: '' for what it does not say; dates in the form of FHIR, coded facts as codes. */
export type Said = Readonly<Record<FactName, string>>;

/** A fault of one row; `column` is '' for the row as a whole. */
export interface RowFault { readonly column: string; readonly code: IssueCode; readonly diagnostics: string }

/** How the cells of a delivery are read. */
export interface Reading {
  readonly plan: Plan;
  readonly places: readonly Place[];
  /** @returns FHIR date or dateTime, undefined for what is none */
  readonly readDate: (text: string) => string | undefined;
  /** Forms of dates, for the sender. */
  readonly dateForms: string;
}

const NOTHING: Said = Object.fromEntries(FACTS.map((fact) => [fact, ''])) as Record<FactName, string>;

const NUMBERS: ReadonlySet<FactName> = new Set<FactName>(['patientNumber', 'visitNumber', 'orderNumber', 'reportNumber', 'specimenNumber', 'residentId']);
const CODES: ReadonlySet<FactName> = new Set<FactName>(['itemCode', 'reportCode']);

/** Stands in a cell that must hold no date, and of which a spreadsheet has made one. */
export const MADE_A_DATE = '#DATE!';
const SPREADSHEET_ERROR = /^#(?:N\/A|VALUE!|REF!|DIV\/0!|NUM!|NAME\?|NULL!|SPILL!|CALC!|GETTING_DATA|UNCALCULATED!|FORMAT!)$/;
/** A long number that a spreadsheet took for a quantity: its last digits are gone. */
const DAMAGED_NUMBER = /^\d(?:[.,]\d+)?E\+\d+$/i;
const CONTROL_CHARACTER = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/;
const TEXT_FORMULA = /^="([^"]*)"$/;

/**
 * Reads the cells of a row that the mapping speaks of, those of results in a table of kind `report` left out.
 *
 * @param faults gets every fault of the row
 */
export function readRow({ cells }: TableRow, reading: Reading, faults: RowFault[]): Said {
  const said: Record<FactName, string> = { ...NOTHING };
  for (const place of reading.places) {
    said[place.fact] = place.at < 0 ? place.constant : readCell(cellText(cells[place.at]), place, reading, faults);
  }
  return said;
}

/** A cell without what only keeps spreadsheets from changing it: white space around, and `="00123"`. */
export function cellText(cell: string | undefined): string {
  if (cell === undefined || cell === '') return '';
  const text = cell.trim();
  return text.charCodeAt(0) === EQUALS ? TEXT_FORMULA.exec(text)?.[1]?.trim() ?? text : text;
}
const EQUALS = 61;

/** What makes a cell unusable whatever it is about. */
export function cellFault(text: string): string | undefined {
  if (text === MADE_A_DATE) return 'A spreadsheet has made a date or a time of this cell, and what it said before is lost: export the column as text';
  if (text.charCodeAt(0) === HASH && SPREADSHEET_ERROR.test(text)) return `The cell holds the spreadsheet error ${text}`;
  return CONTROL_CHARACTER.test(text) ? 'The cell holds a control character' : undefined;
}
const HASH = 35;

/** Reads a fact that is a code: '' for an empty cell. @returns undefined for what the mapping gives no code */
export function codedValue(text: string, place: Place): string | undefined {
  return text === '' ? '' : place.values?.get(text);
}

function readCell(text: string, place: Place, reading: Reading, faults: RowFault[]): string {
  const { fact } = place;
  if (text === '') {
    if (place.isRequired) faults.push({ column: place.column, code: 'required', diagnostics: `The cell is empty, and a row without ${NAMES[fact] ?? 'this value'} cannot be taken in` });
    return '';
  }
  // What stands for a missing result is judged where results are read.
  if (fact === 'result') return text;
  const fault = cellFault(text) ?? faultOfFact(text, place, reading);
  if (fault !== undefined) {
    faults.push({ column: place.column, code: 'value', diagnostics: fault });
    return '';
  }
  if (DATE_FACTS.has(fact)) return dateOf(text, fact, reading) ?? '';
  if (place.values !== undefined && fact !== 'flag') return codedValue(text, place) ?? '';
  return fact === 'residentId' ? text.toUpperCase() : text;
}

/** For the sentence about an empty cell. */
const NAMES: Readonly<Partial<Record<FactName, string>>> = {
  patientNumber: 'the number of its patient', residentId: 'the resident ID of its patient', reportNumber: 'the number of its report',
  itemCode: 'the code of its test', collected: 'the time when the specimen was taken',
};

function faultOfFact(text: string, place: Place, reading: Reading): string | undefined {
  const { fact } = place;
  if (DATE_FACTS.has(fact)) return dateOf(text, fact, reading) === undefined ? `The cell is no real date in one of the forms ${reading.dateForms}` : undefined;
  if (NUMBERS.has(fact)) return numberFault(text, fact);
  if (CODES.has(fact)) return /\s{2}|[\t\r\n]/.test(text) ? 'A code has no double spaces, tabs or line ends in it' : undefined;
  // A flag in words of its own is kept as they are.
  if (place.values === undefined || fact === 'flag' || place.values.has(text)) return undefined;
  return `The mapping does not say what this value of ${fact} means; it knows ${[...place.values.keys()].slice(0, MOST_VALUES_TOLD).join(', ')}`;
}
const MOST_VALUES_TOLD = 12;

/** A day of birth has no time. */
function dateOf(text: string, fact: FactName, { readDate }: Reading): string | undefined {
  const date = readDate(text);
  return fact === 'birthDate' ? date?.slice(0, 'yyyy-mm-dd'.length) : date;
}

function numberFault(text: string, fact: FactName): string | undefined {
  if (DAMAGED_NUMBER.test(text)) return 'A spreadsheet has shortened this number: export the column as text';
  if (fact !== 'residentId') return undefined;
  switch (residentIdFault(text.toUpperCase())) {
    case undefined: return undefined;
    case 'format': return 'A resident ID has 18 characters, digits but for a last that may be X, or 15 digits in the old form';
    case 'birth-date': return 'Characters 7 to 14 of the resident ID are no real date of birth';
    case 'check-digit': return 'The last character of the resident ID is its check digit, and it does not fit the others';
  }
}
