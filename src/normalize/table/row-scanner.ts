const QUOTE = 34, LINE_FEED = 10, CARRIAGE_RETURN = 13;

/**
 * Reads the rows of CSV text (RFC 4180) one after another: quoted cells may hold delimiters, line ends and doubled quotes;
 * rows end in LF, CRLF or CR. A quote that does not open a cell is a character like others, as in `5" tube`.
 *
 * More text can be put behind what is there, so that a file need never be in memory as a whole. Scanning the cells of a
 * row again when more text has come costs nothing that counts: chunks are longer than rows.
 */
export class RowScanner {
  /** Of the row read last. */
  cells: string[] = [];
  /** True when something stands between the closing quote of a cell of that row and the next delimiter. */
  isBroken = false;
  /** True when a quote of that row is never closed: all that follows is in its last cell. */
  isOpen = false;

  readonly #delimiter: number;
  #text = '';
  #at = 0;
  #rowStart = 0;
  #isWhole = false;

  /** @param delimiter one character */
  constructor(delimiter: string) {
    this.#delimiter = delimiter.charCodeAt(0);
  }

  /** Puts text behind what is there. @param isLast no more follows */
  append(text: string, isLast: boolean): void {
    this.#text = this.#at === this.#text.length ? text : this.#text.slice(this.#at) + text;
    this.#at = 0;
    this.#rowStart = 0;
    this.#isWhole = isLast;
  }

  /** How much text waits for its row to end. */
  get waiting(): number {
    return this.#text.length - this.#at;
  }

  /** The row read last, as it stands in the text, with its line end. */
  get rawRow(): string {
    return this.#text.slice(this.#rowStart, this.#at);
  }

  /** Reads the next row. @returns false when there is none, or its end has not come yet */
  next(): boolean {
    if (this.#at >= this.#text.length) return false;
    const end = this.#scan(this.#at);
    if (end < 0) return false;
    this.#rowStart = this.#at;
    this.#at = end;
    return true;
  }

  /** @returns where the next row starts, or -1 */
  #scan(start: number): number {
    const text = this.#text;
    const length = text.length;
    const cells: string[] = [];
    this.isBroken = false;
    this.isOpen = false;
    for (let at = start; ;) {
      if (text.charCodeAt(at) === QUOTE) {
        at = this.#quoted(at + 1, cells);
        if (at < 0) return -1;
      } else {
        const end = this.#endOfCell(at);
        cells.push(text.slice(at, end));
        at = end;
      }
      if (at >= length) {
        if (!this.#isWhole) return -1;
        this.cells = cells;
        return length;
      }
      if (text.charCodeAt(at) === this.#delimiter) {
        at++;
        continue;
      }
      const next = this.#endOfLine(at);
      if (next >= 0) this.cells = cells;
      return next;
    }
  }

  /** Adds the cell whose text starts behind a quote. @returns where the cell ends, or -1 when that has not come yet */
  #quoted(start: number, cells: string[]): number {
    const text = this.#text;
    let content = '';
    for (let at = start; ;) {
      const quote = text.indexOf('"', at);
      if (quote < 0) {
        this.isOpen = true;
        cells.push(content + text.slice(at));
        return this.#isWhole ? text.length : -1;
      }
      if (text.charCodeAt(quote + 1) !== QUOTE) {
        const end = this.#endOfCell(quote + 1);
        if (end > quote + 1) this.isBroken = true;
        cells.push(content + text.slice(at, quote) + text.slice(quote + 1, end));
        // The quote may turn out to be the first of two.
        return quote + 1 === text.length && !this.#isWhole ? -1 : end;
      }
      content += text.slice(at, quote + 1);
      at = quote + 2;
    }
  }

  #endOfCell(start: number): number {
    const text = this.#text;
    const length = text.length;
    const delimiter = this.#delimiter;
    let at = start;
    for (; at < length; at++) {
      const c = text.charCodeAt(at);
      if (c === delimiter || c === LINE_FEED || c === CARRIAGE_RETURN) break;
    }
    return at;
  }

  /** @returns where the line behind this line end starts, or -1 when a line feed may still belong to it */
  #endOfLine(at: number): number {
    if (this.#text.charCodeAt(at) === LINE_FEED) return at + 1;
    if (at + 1 === this.#text.length && !this.#isWhole) return -1;
    return this.#text.charCodeAt(at + 1) === LINE_FEED ? at + 2 : at + 1;
  }
}
