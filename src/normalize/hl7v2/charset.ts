import { isAscii } from 'node:buffer';
import { TextDecoder } from 'node:util';

/** The character sets that messages are read in, by their names of https://encoding.spec.whatwg.org. */
export type Charset = 'us-ascii' | 'utf-8' | 'gb18030' | `iso-8859-${number}`;

/** Table 0211 and what senders write instead, capitals and digits only. GB 18030 holds all of GB 2312 and GBK, which are often named for one another. */
const NAMES: ReadonlyMap<string, Charset> = new Map([
  ...['ASCII', 'USASCII', 'ISOIR6', 'ANSIX34'].map((name) => [name, 'us-ascii'] as const),
  ...['UNICODEUTF8', 'UTF8', 'UNICODE', 'ISO10646'].map((name) => [name, 'utf-8'] as const),
  ...['GB18030', 'GB180302000', 'GB180302005', 'GB180302022', 'GBK', 'CP936', 'GB2312', 'GB231280', 'GB23121980', 'EUCCN'].map((name) => [name, 'gb18030'] as const),
]);
const PARTS_OF_8859 = new Set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16]);

const decoders = new Map<Charset, TextDecoder>();

/** @param name as in MSH-18: `UNICODE UTF-8`, `GB 18030-2000`, `8859/1`. @returns undefined for an unknown name */
export function charsetOf(name: string): Charset | undefined {
  const plain = name.toUpperCase().replace(/[^A-Z0-9]/g, '');
  const part = Number(/^(?:ISO)?8859(\d{1,2})$/.exec(plain)?.[1]);
  return PARTS_OF_8859.has(part) ? `iso-8859-${part}` : NAMES.get(plain);
}

/** @returns undefined when the bytes are no text of the character set */
export function decodeBytes(bytes: Uint8Array, charset: Charset): string | undefined {
  if (charset === 'us-ascii' && !isAscii(bytes)) return undefined;
  try {
    return decoderOf(charset).decode(bytes);
  } catch {
    return undefined;
  }
}

function decoderOf(charset: Charset): TextDecoder {
  const decoder = decoders.get(charset) ?? new TextDecoder(charset === 'us-ascii' ? 'utf-8' : charset, { fatal: true, ignoreBOM: true });
  decoders.set(charset, decoder);
  return decoder;
}

/** Characters that are not ASCII -> their bytes, of the character sets that Node decodes only. */
const tables = new Map<Charset, ReadonlyMap<string, Buffer>>();

/**
 * Writes text in a character set, so that an answer reads like the message. What the character set lacks becomes `?`; of
 * GB 18030 that is what GBK lacks, since the four-byte codes are only read.
 */
export function encodeText(text: string, charset: Charset): Buffer {
  if (charset === 'utf-8') return Buffer.from(text, 'utf8');
  const table = tables.get(charset) ?? buildTable(charset);
  tables.set(charset, table);
  return Buffer.concat(Array.from(text, (char) => char <= '\x7f' ? Buffer.from(char) : table.get(char) ?? Buffer.from('?')));
}

function buildTable(charset: Charset): ReadonlyMap<string, Buffer> {
  const table = new Map<string, Buffer>();
  for (const code of codesOf(charset)) {
    const char = decodeBytes(code, charset);
    if (char !== undefined) table.set(char, code);
  }
  return table;
}

function* codesOf(charset: Charset): Generator<Buffer> {
  if (charset === 'us-ascii') return;
  if (charset !== 'gb18030') {
    for (let code = 0x80; code <= 0xff; code += 1) yield Buffer.of(code);
    return;
  }
  for (let lead = 0x81; lead <= 0xfe; lead += 1) {
    for (let trail = 0x40; trail <= 0xfe; trail += 1) {
      if (trail !== 0x7f) yield Buffer.of(lead, trail);
    }
  }
}
