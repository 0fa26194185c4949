import { isAscii, isUtf8 } from 'node:buffer';
import { UnreadableMessage } from '../message.ts';
import { type Charset, charsetOf, decodeBytes } from './charset.ts';
import { headerBytes } from './header.ts';

export interface DecodedV2 { readonly text: string; readonly charset: Charset }

/** Where the name of the character set comes from, for the sender. */
interface Declaration { readonly charset: Charset; readonly by: string }

/** So many three-byte characters in a text that is UTF-8 throughout do not come about by chance: GB 18030 does so with two or three. */
const SURELY_UTF8 = 4;

/**
 * Reads the bytes of a message in the character set that it declares: by a byte order mark, by MSH-18 (its first
 * repetition), else that of the source's description, else UTF-8. Nothing is guessed: a message in another character set
 * than it says, or in two, is refused, since a misread name or unit would be stored as if it were right.
 *
 * @param fallback a name as in MSH-18, for messages whose MSH-18 is empty
 * @throws UnreadableMessage 'syntax' that names MSH-18 and the character set
 */
export function decodeV2(bytes: Buffer, fallback?: string): DecodedV2 {
  const { charset, by } = markOf(bytes) ?? declarationOf(bytes, fallback);
  if (charset !== 'utf-8' && isSurelyUtf8(bytes)) throw new UnreadableMessage('syntax', `The message is UTF-8, but its character set is ${charset} by ${by}: MSH-18 of such a message is UNICODE UTF-8`);
  const text = decodeBytes(bytes, charset);
  if (text === undefined) throw new UnreadableMessage('syntax', `The message has bytes that are not valid in ${charset}, its character set by ${by}: it is all in one character set, which MSH-18 names`);
  return { text: text.startsWith('\ufeff') ? text.slice(1) : text, charset };
}

function markOf(bytes: Buffer): Declaration | undefined {
  const mark = bytes.toString('hex', 0, 3);
  if (mark === 'efbbbf') return { charset: 'utf-8', by: 'its byte order mark' };
  if (mark.startsWith('fffe') || mark.startsWith('feff')) throw new UnreadableMessage('syntax', 'The message is UTF-16, which is not taken in: send it as UTF-8, with UNICODE UTF-8 in MSH-18');
  return undefined;
}

function declarationOf(bytes: Buffer, fallback: string | undefined): Declaration {
  const header = headerBytes(bytes);
  if (header === undefined) throw new UnreadableMessage('syntax', 'The message does not begin with an MSH segment');
  const name = readCharsetName(header, fallback);
  if (name === '') return { charset: charsetOf(fallback ?? '') ?? 'utf-8', by: fallback === undefined ? 'default, since MSH-18 is empty' : 'the description of its source, since MSH-18 is empty' };
  const charset = charsetOf(name);
  if (charset === undefined) throw new UnreadableMessage('syntax', 'MSH-18 names a character set that is not known here: UNICODE UTF-8, GB 18030-2000, ASCII and 8859/1 to 8859/16 are');
  return { charset, by: 'MSH-18' };
}

/**
 * A name in front of MSH-18 may be Chinese, and in GB 18030 the second byte of a character may be that of `|` or `^`: such
 * a header is read as GB 18030 first, and holds when it then says of itself that it is.
 */
function readCharsetName(header: Buffer, fallback: string | undefined): string {
  if (!isAscii(header)) {
    const name = fieldOf(decodeBytes(header, 'gb18030') ?? '', 18);
    if (charsetOf(name === '' ? fallback ?? '' : name) === 'gb18030') return name;
  }
  return fieldOf(header.toString('latin1'), 18);
}

/** First repetition. The first of the separators is that of components, the second that of repetitions. */
function fieldOf(header: string, number: number): string {
  const field = header.split(header.charAt(3), number)[number - 1] ?? '';
  const repetition = header.charAt(5);
  return (repetition === '' ? field : field.split(repetition, 1)[0] ?? '').trim();
}

function isSurelyUtf8(bytes: Buffer): boolean {
  if (isAscii(bytes) || !isUtf8(bytes)) return false;
  let count = 0;
  for (const byte of bytes) {
    if (byte >= 0xe0 && byte <= 0xef) count += 1;
    if (count >= SURELY_UTF8) return true;
  }
  return false;
}
