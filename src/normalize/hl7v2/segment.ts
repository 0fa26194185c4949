import { UNUSED } from './separators.ts';
import { type Dialect, unescapeText } from './unescape.ts';

export type { Separators } from './separators.ts';

/** What a sender writes into a field or component that shall be emptied. */
const NULL = '""';

/** MSH-1 and MSH-2 hold the separators themselves, so nothing divides them. */
const UNDIVIDED: Dialect = {
  separators: { field: UNUSED, component: UNUSED, repetition: UNUSED, escape: UNUSED, subcomponent: UNUSED, truncation: UNUSED },
  decode: () => undefined,
};

/** One repetition of a field. Numbers of components and subcomponents begin with 1. */
export class Value {
  /** As sent. */
  readonly raw: string;
  readonly #dialect: Dialect;

  constructor(raw: string, dialect: Dialect) {
    this.raw = raw;
    this.#dialect = dialect;
  }

  /** Text without escapes and outer blanks; empty when absent and for the HL7 null `""`. */
  text(component = 1, subcomponent = 1): string {
    return textOf(this.raw, component, subcomponent, this.#dialect);
  }

  /** The value as one text, its separators kept: for texts whose sender did not escape `^` and `&`. Blanks before it stay, as layout. */
  wholeText(): string {
    return this.isNull ? '' : unescapeText(this.raw, this.#dialect).trimEnd();
  }

  /** True when it says nothing: separators and blanks only. */
  get isEmpty(): boolean {
    return saysNothing(this.raw, this.#dialect);
  }

  /** True for the HL7 null `""`: the sender empties the field. */
  get isNull(): boolean {
    return this.raw === NULL;
  }

  components(): number {
    return countParts(this.raw, this.#dialect.separators.component);
  }

  subcomponents(component: number): number {
    return countParts(partOf(this.raw, this.#dialect.separators.component, component), this.#dialect.separators.subcomponent);
  }
}

/** One line of a message. Fields are split when the first of them is read; most segments of a message are never asked. */
export class Segment {
  readonly name: string;
  /** Place among the segments of its name in the message, from 1. */
  readonly ordinal: number;
  readonly #line: string;
  readonly #dialect: Dialect;
  #fields: readonly string[] | undefined;

  constructor(line: string, ordinal: number, dialect: Dialect) {
    this.name = line.slice(0, 3);
    this.ordinal = ordinal;
    this.#line = line;
    this.#dialect = dialect;
  }

  /** Text of the first repetition, without escapes and outer blanks; empty when absent and for the HL7 null `""`. */
  text(field: number, component = 1, subcomponent = 1): string {
    const dialect = this.#dialectOf(field);
    return textOf(partOf(this.#raw(field), dialect.separators.repetition, 1), component, subcomponent, dialect);
  }

  /** First repetition, which may be empty. */
  value(field: number): Value {
    const dialect = this.#dialectOf(field);
    return new Value(partOf(this.#raw(field), dialect.separators.repetition, 1), dialect);
  }

  /** Repetitions that say something. */
  values(field: number): readonly Value[] {
    const dialect = this.#dialectOf(field);
    const raw = this.#raw(field);
    if (raw === '') return [];
    return raw.split(dialect.separators.repetition).map((repetition) => new Value(repetition, dialect)).filter((value) => !value.isEmpty);
  }

  /** True when the sender empties the field, with the HL7 null `""`. */
  isNull(field: number): boolean {
    return this.#raw(field) === NULL;
  }

  /** Number of the last field. */
  get fieldCount(): number {
    return this.#split().length - 1;
  }

  /** Where the sender finds it: `OBX[3]`, `OBX[3]-5`. */
  place(field?: number): string {
    return `${this.name}[${this.ordinal}]${field === undefined ? '' : `-${field}`}`;
  }

  #raw(field: number): string {
    return this.#split()[field] ?? '';
  }

  #split(): readonly string[] {
    if (this.#fields !== undefined) return this.#fields;
    const { field } = this.#dialect.separators;
    const fields = this.#line.split(field);
    if (this.name === 'MSH') fields.splice(1, 0, field);
    return this.#fields = fields;
  }

  #dialectOf(field: number): Dialect {
    return field <= 2 && this.name === 'MSH' ? UNDIVIDED : this.#dialect;
  }
}

function textOf(raw: string, component: number, subcomponent: number, dialect: Dialect): string {
  if (raw === '') return '';
  const { separators } = dialect;
  const part = partOf(partOf(raw, separators.component, component), separators.subcomponent, subcomponent);
  return part === NULL ? '' : unescapeText(part, dialect).trim();
}

function partOf(raw: string, separator: string, number: number): string {
  let start = 0;
  for (let left = number; left > 1; left -= 1) {
    const at = raw.indexOf(separator, start);
    if (at < 0) return '';
    start = at + 1;
  }
  const end = raw.indexOf(separator, start);
  return start === 0 && end < 0 ? raw : raw.slice(start, end < 0 ? undefined : end);
}

function countParts(raw: string, separator: string): number {
  if (raw === '') return 0;
  let count = 1;
  for (let at = raw.indexOf(separator); at >= 0; at = raw.indexOf(separator, at + 1)) count += 1;
  return count;
}

function saysNothing(raw: string, { separators: { component, subcomponent } }: Dialect): boolean {
  for (const char of raw) {
    if (char !== component && char !== subcomponent && char !== ' ' && char !== '\t') return false;
  }
  return true;
}
