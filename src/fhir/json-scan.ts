import { JsonError } from './json.ts';

const TAB = 9, LINE_FEED = 10, CARRIAGE_RETURN = 13, SPACE = 32, QUOTE = 34, PLUS = 43, COMMA = 44, MINUS = 45, DOT = 46;
const ZERO = 48, NINE = 57, COLON = 58, OPEN_BRACKET = 91, BACKSLASH = 92, CLOSE_BRACKET = 93, OPEN_BRACE = 123, CLOSE_BRACE = 125;
const UPPER_E = 69, LOWER_E = 101, LOWER_U = 117;
const WORDS = new Map(['true', 'false', 'null'].map((word) => [word.charCodeAt(0), Buffer.from(word)]));
const ESCAPED = new Set(Buffer.from('"\\/bfnrt'));

/** A walk over the bytes of one JSON text that keeps nothing but its position. @see https://www.rfc-editor.org/rfc/rfc8259 */
export class JsonScan {
  position = 0;
  readonly #bytes: Buffer;
  readonly #maxDepth: number;
  #depth = 0;

  constructor(bytes: Buffer, maxDepth: number) {
    this.#bytes = bytes;
    this.#maxDepth = maxDepth;
  }

  /** The whole text: one object, and nothing after it. */
  document(onMember: (name: string) => void): void {
    this.#space();
    this.object('The body', onMember);
    this.#space();
    if (this.position < this.#bytes.length) throw this.#syntaxError();
  }

  /** An object whose member names are looked at; `onMember` must move past the value. */
  object(what: string, onMember: (name: string) => void): void {
    if (this.#bytes[this.position] !== OPEN_BRACE) throw this.#wrongKind(what, 'an object');
    const seen = new Set<string>();
    this.#list(CLOSE_BRACE, () => {
      const name = this.#memberName();
      if (seen.has(name)) throw new JsonError('syntax', `${what} has a member twice: the second ends at byte ${this.position}`);
      seen.add(name);
      onMember(name);
    });
  }

  /** An array; `onItem` must move past the item. */
  array(what: string, onItem: (index: number) => void): void {
    if (this.#bytes[this.position] !== OPEN_BRACKET) throw this.#wrongKind(what, 'an array');
    let index = 0;
    this.#list(CLOSE_BRACKET, () => onItem(index++));
  }

  /** Moves past any value. */
  value(): void {
    const first = this.#bytes[this.position];
    if (first === QUOTE) return this.#string();
    if (first === OPEN_BRACE) return this.#members();
    if (first === OPEN_BRACKET) return this.#items();
    if (first === MINUS || isDigit(first)) return this.#number();
    this.#word(first);
  }

  #members(): void {
    for (let more = this.#open(CLOSE_BRACE); more; more = this.#goesOn()) {
      this.#memberStart();
      this.value();
    }
    this.#close(CLOSE_BRACE);
  }

  #items(): void {
    for (let more = this.#open(CLOSE_BRACKET); more; more = this.#goesOn()) this.value();
    this.#close(CLOSE_BRACKET);
  }

  #list(close: number, onItem: () => void): void {
    for (let more = this.#open(close); more; more = this.#goesOn()) onItem();
    this.#close(close);
  }

  /** Moves past an opening bracket. @returns false when its closing one follows */
  #open(close: number): boolean {
    if (++this.#depth > this.#maxDepth) throw new JsonError('depth', `The JSON is nested deeper than ${this.#maxDepth} levels`);
    this.position++;
    this.#space();
    return this.#bytes[this.position] !== close;
  }

  /** Moves past a comma. @returns false where there is none */
  #goesOn(): boolean {
    this.#space();
    if (this.#bytes[this.position] !== COMMA) return false;
    this.position++;
    this.#space();
    return true;
  }

  #close(close: number): void {
    this.#take(close);
    this.#depth--;
  }

  #memberName(): string {
    const start = this.position;
    this.#memberStart();
    const text = this.#bytes.toString('utf8', start, this.#bytes.lastIndexOf(COLON, this.position - 1)).trimEnd();
    return String(JSON.parse(text));
  }

  /** Moves past a member's name and colon. */
  #memberStart(): void {
    this.#string();
    this.#space();
    this.#take(COLON);
    this.#space();
  }

  #string(): void {
    this.#take(QUOTE);
    const bytes = this.#bytes;
    let at = this.position;
    for (let c = bytes[at]; c !== QUOTE; c = bytes[at]) {
      if (c === undefined || c < SPACE || c === BACKSLASH) {
        this.position = at;
        if (c !== BACKSLASH) throw this.#syntaxError();
        this.position++;
        this.#escape();
        at = this.position;
      } else {
        at++;
      }
    }
    this.position = at + 1;
  }

  #escape(): void {
    const kind = this.#bytes[this.position];
    if (kind === LOWER_U) {
      if (!/^[0-9a-fA-F]{4}$/.test(this.#bytes.toString('latin1', this.position + 1, this.position + 5))) throw this.#syntaxError();
      this.position += 5;
    } else if (kind !== undefined && ESCAPED.has(kind)) {
      this.position++;
    } else {
      throw this.#syntaxError();
    }
  }

  #number(): void {
    if (this.#bytes[this.position] === MINUS) this.position++;
    if (this.#bytes[this.position] === ZERO) this.position++;
    else this.#digits();
    if (this.#bytes[this.position] === DOT) {
      this.position++;
      this.#digits();
    }
    const exponent = this.#bytes[this.position];
    if (exponent !== UPPER_E && exponent !== LOWER_E) return;
    this.position++;
    const sign = this.#bytes[this.position];
    if (sign === PLUS || sign === MINUS) this.position++;
    this.#digits();
  }

  #digits(): void {
    if (!isDigit(this.#bytes[this.position])) throw this.#syntaxError();
    while (isDigit(this.#bytes[this.position])) this.position++;
  }

  #word(first: number | undefined): void {
    const word = first === undefined ? undefined : WORDS.get(first);
    if (word === undefined || !this.#bytes.subarray(this.position, this.position + word.length).equals(word)) throw this.#syntaxError();
    this.position += word.length;
  }

  #space(): void {
    for (;;) {
      const c = this.#bytes[this.position];
      if (c !== SPACE && c !== LINE_FEED && c !== CARRIAGE_RETURN && c !== TAB) return;
      this.position++;
    }
  }

  #take(byte: number): void {
    if (this.#bytes[this.position] !== byte) throw this.#syntaxError();
    this.position++;
  }

  #wrongKind(what: string, kind: string): JsonError {
    const isValue = this.position < this.#bytes.length;
    return isValue ? new JsonError('syntax', `${what} is not ${kind}`) : this.#syntaxError();
  }

  /** Names the place only: the text itself may be patient data. */
  #syntaxError(): JsonError {
    if (this.position >= this.#bytes.length) return new JsonError('syntax', 'The body is not JSON: it ends too early');
    return new JsonError('syntax', `The body is not JSON: syntax error at byte ${this.position}`);
  }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE;
}
