import { isUtf8 } from 'node:buffer';
import { UnreadableMessage } from '../message.ts';
import type { TableMapping } from './mapping.ts';

export type Encoding = Exclude<TableMapping['encoding'], 'auto'>;

/** What the first bytes of a file that is no text table give away. */
const SIGNATURES: readonly (readonly [string, string])[] = [
  ['504b0304', 'a ZIP archive, as an XLSX workbook is'],
  ['d0cf11e0', 'an old Excel workbook (.xls), or one with a password: save it as .xlsx without a password, or as CSV'],
  ['25504446', 'a PDF'],
];

/** The encoding that a byte order mark says; a mark is believed more than the mapping. */
export function markedEncoding(bytes: Uint8Array): Encoding | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  // The mark of GB18030 is four bytes that mean nothing else.
  return bytes[0] === 0x84 && bytes[1] === 0x31 && bytes[2] === 0x95 && bytes[3] === 0x33 ? 'gb18030' : undefined;
}

/**
 * The text of a CSV table. Without a byte order mark and a fixed encoding it is UTF-8 if it can well be, else GB18030, which holds
 * GB2312 and GBK.
 *
 * @throws UnreadableMessage 'syntax' for what is not of that encoding, or no text at all
 */
export function decodeText(bytes: Buffer, wanted: TableMapping['encoding']): string {
  refuseOtherFormats(bytes);
  const encoding = markedEncoding(bytes) ?? (wanted === 'auto' ? (isProbablyUtf8(bytes) ? 'utf-8' : 'gb18030') : wanted);
  return withoutMark(requireText(decode(bytes, encoding, wanted)));
}

/**
 * True for bytes that are UTF-8, unless they are more likely GB18030. Two bytes that are one Chinese character there can be
 * a Cyrillic, Hebrew or Arabic letter in UTF-8, as those of 血 are; signs such as µ and β have two bytes in UTF-8 too, and
 * Chinese has three.
 */
export function isProbablyUtf8(bytes: Uint8Array): boolean {
  if (!isUtf8(bytes)) return false;
  let isStrange = false;
  for (const byte of bytes) {
    if (byte >= THREE_BYTES) return true;
    if (byte >= TWO_BYTES && !LATIN_OR_GREEK.has(byte)) isStrange = true;
  }
  return !isStrange;
}
/** First bytes of characters of two bytes and of three or more, and those of two that are Latin 1 or Greek. */
const TWO_BYTES = 0xc0, THREE_BYTES = 0xe0;
const LATIN_OR_GREEK: ReadonlySet<number> = new Set([0xc2, 0xc3, 0xcd, 0xce, 0xcf]);

/** @throws UnreadableMessage for the first bytes of another format */
export function refuseOtherFormats(bytes: Buffer): void {
  const start = bytes.toString('hex', 0, 4);
  const other = SIGNATURES.find(([signature]) => signature === start);
  if (other !== undefined) throw new UnreadableMessage('syntax', `The body is no CSV but ${other[1]}`);
}

/** @throws UnreadableMessage for characters that no text has */
export function requireText(text: string): string {
  if (text.includes('\0')) throw new UnreadableMessage('syntax', 'The body is no CSV: it holds the character NUL, as pictures, archives and UTF-16 without a byte order mark do');
  return text;
}

/** @returns the sentence that tells a sender what to do about an encoding that does not fit */
export function encodingFault(encoding: Encoding, wanted: TableMapping['encoding']): string {
  const found = encoding === 'gb18030' && wanted === 'auto' ? 'neither UTF-8 nor GB18030' : `not ${encoding.toUpperCase()}, as ${wanted === encoding ? 'the mapping says' : 'its first bytes say'}`;
  return `The table is ${found}: export it once more in one of these encodings`;
}

export function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

function decode(bytes: Buffer, encoding: Encoding, wanted: TableMapping['encoding']): string {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    throw new UnreadableMessage('syntax', encodingFault(encoding, wanted), { cause: error });
  }
}
