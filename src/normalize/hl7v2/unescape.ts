import { type Separators, UNUSED } from './separators.ts';

/** What the texts of one message have in common. */
export interface Dialect {
  readonly separators: Separators;
  /** Reads the bytes of `\X…\`; undefined when they are no text in the message's character set. */
  readonly decode: (bytes: Uint8Array) => string | undefined;
}

interface Escaped { readonly text: string; /** Offset of what follows. */ readonly next: number }

const HEX = /^X(?:[0-9A-Fa-f]{2})+$/;
const COMMAND = /^\.(br|sp|sk|ti|in|fi|nf|ce)\s*([+-]?\d{1,2})?$/i;

/**
 * The text that escape sequences stand for. Highlighting is dropped, formatting becomes line breaks and blanks, and what
 * is no escape sequence (a lone `\`, a local `\Zxx\`, bytes that are no text) stays as it was sent.
 *
 * @see HL7 v2.9 chapter 2.7 "Use of escape sequences in text fields"
 */
export function unescapeText(text: string, dialect: Dialect): string {
  const { escape } = dialect.separators;
  let start = text.indexOf(escape);
  if (start < 0) return text;
  let plain = '';
  let done = 0;
  while (start >= 0) {
    const end = text.indexOf(escape, start + 1);
    if (end < 0) break;
    const found = readEscape(text, start, end, dialect);
    if (found !== undefined) {
      plain += text.slice(done, start) + found.text;
      done = found.next;
    }
    start = found === undefined ? end : text.indexOf(escape, done);
  }
  return plain + text.slice(done);
}

function readEscape(text: string, start: number, end: number, dialect: Dialect): Escaped | undefined {
  const body = text.slice(start + 1, end);
  if (body.startsWith('X')) return readBytes(text, start, dialect);
  const meant = body.length === 1 ? readCharacter(body, dialect.separators) : readCommand(body);
  return meant === undefined || meant === UNUSED ? undefined : { text: meant, next: end + 1 };
}

function readCharacter(name: string, separators: Separators): string | undefined {
  switch (name) {
    case 'F': return separators.field;
    case 'S': return separators.component;
    case 'T': return separators.subcomponent;
    case 'R': return separators.repetition;
    case 'E': return separators.escape;
    case 'P': return separators.truncation;
    case 'H': case 'N': return '';
    default: return undefined;
  }
}

function readCommand(body: string): string | undefined {
  const command = COMMAND.exec(body);
  if (command === null) return undefined;
  const count = Math.max(Number(command[2] ?? 1), 0);
  switch (command[1]?.toLowerCase()) {
    case 'br': case 'ce': return '\n';
    case 'sp': return '\n'.repeat(count);
    case 'sk': case 'ti': return ' '.repeat(count);
    default: return '';
  }
}

/** Neighbouring sequences are read together: senders write each byte of one Chinese character as a sequence of its own. */
function readBytes(text: string, start: number, { separators: { escape }, decode }: Dialect): Escaped | undefined {
  let hex = '';
  let next = start;
  while (text.startsWith(`${escape}X`, next)) {
    const end = text.indexOf(escape, next + 1);
    const body = text.slice(next + 1, end);
    if (end < 0 || !HEX.test(body)) break;
    hex += body.slice(1);
    next = end + 1;
  }
  if (hex === '') return undefined;
  return { text: decode(Buffer.from(hex, 'hex')) ?? text.slice(start, next), next };
}
