/** A piece of a large table, a CSV table itself: UTF-8 with a byte order mark, below the same header. */
export interface TablePart {
  readonly bytes: Buffer;
  /** From 1. */
  readonly part: number;
  /** Row, in the whole table, of the first row below the header. */
  readonly firstRow: number;
}

export interface PartSize {
  /** Rows below the header. */
  readonly maxRows: number;
  /** UTF-16 units below the header. */
  readonly maxLength: number;
}

/** The mark makes known that a part is UTF-8, whatever the whole was. */
const MARK = '\ufeff';

/**
 * Puts the rows of a table into parts. A part ends where a report ends, as long as no single report is larger than a part:
 * so most reports come whole.
 */
export class PartBuilder {
  readonly #head: string;
  readonly #size: PartSize;
  #rows: string[] = [];
  #length = 0;
  #firstRow: number;
  #part = 0;
  #report: string | undefined;
  /** How many rows, and how long, before the last report began. */
  #boundary = { rows: 0, length: 0 };
  /** How many rows there are up to the last that is not blank. */
  #filled = 0;

  /** @param head the rows up to the header, with their line ends; @param firstRow of the row behind */
  constructor(head: string, firstRow: number, size: PartSize) {
    this.#head = head;
    this.#firstRow = firstRow;
    this.#size = size;
  }

  /** The number that the row added next has. */
  get nextRow(): number {
    return this.#firstRow + this.#rows.length;
  }

  /**
   * Adds a row.
   *
   * @param raw with its line end; @param report what tells its report from that of the row before; undefined where rows belong to none
   * @returns the part before it when that is full
   */
  add(raw: string, report: string | undefined, isBlank: boolean): TablePart | undefined {
    if (report === undefined || report !== this.#report) this.#boundary = { rows: this.#rows.length, length: this.#length };
    this.#report = report;
    const isFull = this.#rows.length > 0 && (this.#rows.length >= this.#size.maxRows || this.#length + raw.length > this.#size.maxLength);
    const full = isFull ? this.#cut(this.#boundary.rows === 0 ? { rows: this.#rows.length, length: this.#length } : this.#boundary) : undefined;
    this.#rows.push(raw);
    this.#length += raw.length;
    if (!isBlank) this.#filled = this.#rows.length;
    return full;
  }

  /** Ends the part, and goes on at another row. @returns undefined when there is nothing in it */
  flush(nextRow = this.nextRow): TablePart | undefined {
    const last = this.#cut({ rows: this.#rows.length, length: this.#length });
    this.#firstRow = nextRow;
    return last;
  }

  #cut({ rows, length }: { readonly rows: number; readonly length: number }): TablePart | undefined {
    const isBlank = this.#filled === 0;
    const firstRow = this.#firstRow;
    const content = this.#rows.slice(0, rows).join('');
    this.#rows = this.#rows.slice(rows);
    this.#length -= length;
    this.#firstRow += rows;
    this.#boundary = { rows: 0, length: 0 };
    this.#filled = Math.max(0, this.#filled - rows);
    return isBlank ? undefined : { bytes: Buffer.from(MARK + this.#head + content), part: ++this.#part, firstRow };
  }
}
