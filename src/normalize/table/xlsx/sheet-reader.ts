import { UnreadableMessage } from '../../message.ts';
import type { TableLimits } from '../limits.ts';
import { MADE_A_DATE } from '../read-row.ts';
import { broken } from './archive.ts';
import type { NumberMeaning } from './number-formats.ts';
import { dateText, numberText, paddedText, percentText } from './number-text.ts';
import { textCollector, withoutEscapes } from './shared-texts.ts';
import type { XmlListener } from './walk-xml.ts';

/** What cells of a sheet refer to. */
export interface CellContext {
  readonly sharedTexts: readonly string[];
  readonly meanings: readonly NumberMeaning[];
  readonly is1904: boolean;
  readonly limits: TableLimits;
  /** Numbers are written with a comma, as texts of the same table are. */
  readonly decimalComma: boolean;
}

/** A row of a sheet. */
export interface SheetRow {
  /** As Excel shows it. */
  readonly row: number;
  /** '' for those that are left out. */
  readonly cells: readonly string[];
  /** Which of them the spreadsheet holds for dates or times of day, from 0. */
  readonly dates: readonly number[];
}

/** A formula without its last result, as programs write it that do not calculate. It reads like the errors of Excel. */
const UNCALCULATED = '#UNCALCULATED!';
/** A number that its format shows as a percentage or not. */
const UNCLEAR = '#FORMAT!';

/** Hands over the rows of a sheet while its XML is read: all rows with a cell that holds something. */
export class SheetReader implements XmlListener {
  readonly #context: CellContext;
  readonly #onRow: (row: SheetRow) => void;
  readonly #inline = textCollector();
  #row = 0;
  #cells: string[] = [];
  #dates: number[] = [];
  #column = 0;
  #type = 'n';
  #style = 0;
  #value: string | undefined;
  #isValue = false;
  #isInline = false;
  #hasFormula = false;
  #count = 0;

  constructor(context: CellContext, onRow: (row: SheetRow) => void) {
    this.#context = context;
    this.#onRow = onRow;
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    switch (name) {
      case 'v': this.#isValue = true; return;
      case 'c': this.#openCell(attributes); return;
      case 'row': this.#openRow(attributes); return;
      case 'f': this.#hasFormula = true; return;
      case 'is': this.#isInline = true; this.#inline.start(); return;
      default: if (this.#isInline) this.#inline.open(name);
    }
  }

  text(text: string): void {
    if (this.#isValue) this.#value = (this.#value ?? '') + text;
    else if (this.#isInline) this.#inline.text(text);
  }

  close(name: string): void {
    switch (name) {
      case 'v': this.#isValue = false; return;
      case 'c': this.#closeCell(); return;
      case 'row': if (this.#cells.length > 0) this.#onRow({ row: this.#row, cells: this.#cells, dates: this.#dates }); return;
      case 'is': this.#isInline = false; this.#value = this.#inline.end(); return;
      default: if (this.#isInline) this.#inline.close(name);
    }
  }

  #openRow({ r }: Readonly<Record<string, string>>): void {
    const row = r === undefined ? this.#row + 1 : Number(r);
    if (!Number.isInteger(row) || row <= this.#row) throw broken('the rows of its sheet are out of order');
    this.#row = row;
    this.#cells = [];
    this.#dates = [];
    this.#column = 0;
  }

  #openCell({ r, t = 'n', s = '0' }: Readonly<Record<string, string>>): void {
    this.#column = r === undefined ? this.#column + 1 : columnOf(r);
    if (this.#column > this.#context.limits.columns) throw new UnreadableMessage('limit', `The sheet has more than ${this.#context.limits.columns} columns`);
    if (this.#column <= this.#cells.length) throw broken('the cells of its sheet are out of order');
    this.#type = t;
    this.#style = Number(s);
    this.#value = undefined;
    this.#hasFormula = false;
  }

  #closeCell(): void {
    const text = this.#cellText();
    if (text === '') return;
    const { limits } = this.#context;
    this.#count += this.#column - this.#cells.length;
    if (this.#count > limits.cells) throw new UnreadableMessage('limit', `The sheet has more than ${limits.cells} cells`);
    if (text.length > limits.cellLength) throw new UnreadableMessage('limit', `Row ${this.#row} has a cell longer than ${limits.cellLength} characters`);
    while (this.#cells.length < this.#column - 1) this.#cells.push('');
    this.#cells.push(text);
  }

  #cellText(): string {
    const value = this.#value;
    if (value === undefined) return this.#hasFormula ? UNCALCULATED : '';
    switch (this.#type) {
      case 's': return this.#sharedText(value);
      case 'inlineStr': return value;
      case 'str': return withoutEscapes(value);
      case 'b': return value === '1' || value === 'true' ? 'TRUE' : 'FALSE';
      case 'e': return value;
      case 'd': this.#dates.push(this.#column - 1); return value;
      default: return this.#numberText(value);
    }
  }

  #sharedText(value: string): string {
    const text = this.#context.sharedTexts[Number(value)];
    if (text === undefined) throw broken('a cell refers to a text that is not there');
    return text;
  }

  #numberText(value: string): string {
    const { meanings, decimalComma } = this.#context;
    const meaning = meanings[this.#style] ?? 'number';
    const text = this.#shownText(value, meaning);
    if (text === undefined) throw broken('a cell of numbers holds something else');
    return decimalComma && typeof meaning === 'string' ? text.replace('.', ',') : text;
  }

  #shownText(value: string, meaning: NumberMeaning): string | undefined {
    switch (meaning) {
      case 'number': return numberText(value);
      case 'percent': return percentText(value);
      case 'unclear': return UNCLEAR;
      case 'date':
      case 'time': this.#dates.push(this.#column - 1); return dateText(value, meaning, this.#context.is1904);
      default: return paddedText(value, meaning);
    }
  }
}

/**
 * The cells of a row, with a mark in place of dates where none can be meant: of the result 1-2 a spreadsheet makes the 2nd of
 * January, of 1:20 a time of day, and what was there before is lost.
 *
 * @param columns from 0
 */
export function withoutDatesIn(columns: ReadonlySet<number>, { cells, dates }: SheetRow): readonly string[] {
  return dates.some((at) => columns.has(at)) ? cells.map((cell, at) => (columns.has(at) && dates.includes(at) ? MADE_A_DATE : cell)) : cells;
}

const A = 64;

/** @param reference such as `AB12` @returns column from 1 */
function columnOf(reference: string): number {
  let column = 0;
  for (let at = 0; at < reference.length; at++) {
    const letter = reference.charCodeAt(at) - A;
    if (letter < 1 || letter > 26 || at > 3) break;
    column = column * 26 + letter;
  }
  if (column === 0) throw broken('a cell of its sheet has no place');
  return column;
}
