import { crc32, inflateRawSync } from 'node:zlib';
import { UnreadableMessage } from '../../message.ts';
import type { TableLimits } from '../limits.ts';
import { RATIO_FROM_BYTES } from '../limits.ts';

/** One file of a ZIP archive, still packed. */
export interface ArchiveFile {
  readonly name: string;
  readonly isPacked: boolean;
  readonly packed: Buffer;
  /** Of the file when it is unpacked, as the archive says. */
  readonly size: number;
  readonly crc: number;
}

const END_OF_DIRECTORY = 0x06054b50, DIRECTORY_ENTRY = 0x02014b50, LOCAL_HEADER = 0x04034b50;
const END_LENGTH = 22, ENTRY_LENGTH = 46, LOCAL_LENGTH = 30;
const LONGEST_COMMENT = 0xffff;
const ENCRYPTED = 1;
const STORED = 0, DEFLATED = 8;
/** Stands where ZIP64 keeps a number elsewhere. */
const ELSEWHERE = 0xffffffff;

/**
 * Reads the directory of a ZIP archive and judges it before anything is unpacked: how many files it has, how large they
 * say they are, and whether some share their bytes, as only bombs do.
 *
 * @returns its files by name
 * @throws UnreadableMessage
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
export function readArchive(bytes: Buffer, limits: TableLimits): ReadonlyMap<string, ArchiveFile> {
  const end = findEnd(bytes);
  const count = bytes.readUInt16LE(end + 10);
  const start = bytes.readUInt32LE(end + 16);
  if (count > limits.archiveFiles) throw new UnreadableMessage('limit', `The workbook holds more than ${limits.archiveFiles} files`);
  if (start === ELSEWHERE || bytes.readUInt16LE(end + 4) !== 0 || start > end) throw broken('its directory is not where it should be');
  const files = new Map<string, ArchiveFile>();
  const spans: (readonly [number, number])[] = [];
  let unpacked = 0;
  for (let at = start, read = 0; read < count; read++) {
    if (at + ENTRY_LENGTH > end || bytes.readUInt32LE(at) !== DIRECTORY_ENTRY) throw broken('its directory is damaged');
    const { file, span, next } = readEntry(bytes, at, start);
    if (files.has(file.name)) throw broken('it holds two files of one name');
    unpacked += file.size;
    requireModest(file, unpacked, limits);
    files.set(file.name, file);
    spans.push(span);
    at = next;
  }
  spans.sort(([a], [b]) => a - b);
  if (spans.some(([from], i) => from < (spans[i - 1]?.[1] ?? 0))) throw broken('two of its files share their bytes');
  return files;
}

/**
 * Unpacks one file.
 *
 * @throws UnreadableMessage for a file that is not what the directory says
 */
export function unpack({ packed, isPacked, size, crc }: ArchiveFile): Buffer {
  const content = isPacked ? inflate(packed, size) : packed;
  if (content.length !== size || crc32(content) !== crc) throw broken('one of its files is damaged');
  return content;
}

export function broken(what: string, cause?: unknown): UnreadableMessage {
  return new UnreadableMessage('syntax', `The body is no XLSX workbook: ${what}`, { cause });
}

function inflate(packed: Buffer, size: number): Buffer {
  try {
    // One byte more than it says: who packed more is caught without unpacking it all.
    return inflateRawSync(packed, { maxOutputLength: size + 1 });
  } catch (error) {
    throw broken('one of its files is damaged, or larger than it says', error);
  }
}

function requireModest({ size, packed }: ArchiveFile, unpacked: number, { inflatedBytes, inflationRatio }: TableLimits): void {
  if (unpacked > inflatedBytes) throw new UnreadableMessage('limit', `The workbook is larger than ${inflatedBytes} bytes when it is unpacked`);
  if (size > RATIO_FROM_BYTES && size > packed.length * inflationRatio) throw new UnreadableMessage('limit', `A file of the workbook is packed more than ${inflationRatio} times smaller than it is`);
}

function findEnd(bytes: Buffer): number {
  const first = Math.max(0, bytes.length - END_LENGTH - LONGEST_COMMENT);
  for (let at = bytes.length - END_LENGTH; at >= first; at--) {
    if (bytes.readUInt32LE(at) === END_OF_DIRECTORY && at + END_LENGTH + bytes.readUInt16LE(at + 20) === bytes.length) return at;
  }
  throw broken('it is no ZIP archive, or not whole');
}

function readEntry(bytes: Buffer, at: number, directory: number): { readonly file: ArchiveFile; readonly span: readonly [number, number]; readonly next: number } {
  const [nameLength, extraLength, commentLength] = [bytes.readUInt16LE(at + 28), bytes.readUInt16LE(at + 30), bytes.readUInt16LE(at + 32)];
  const method = bytes.readUInt16LE(at + 10);
  const [crc, packedSize, size, header] = [bytes.readUInt32LE(at + 16), bytes.readUInt32LE(at + 20), bytes.readUInt32LE(at + 24), bytes.readUInt32LE(at + 42)];
  if ((bytes.readUInt16LE(at + 8) & ENCRYPTED) !== 0) throw broken('it has a password');
  if (method !== STORED && method !== DEFLATED) throw broken('it is packed by a method that workbooks do not use');
  if (header + LOCAL_LENGTH > directory || bytes.readUInt32LE(header) !== LOCAL_HEADER) throw broken('its directory is damaged');
  const from = header + LOCAL_LENGTH + bytes.readUInt16LE(header + 26) + bytes.readUInt16LE(header + 28);
  // This holds for the numbers of ZIP64 too, which stand elsewhere: no workbook that is taken in is so large.
  if (from + packedSize > directory) throw broken('its directory is damaged');
  return {
    file: { name: bytes.toString('utf8', at + ENTRY_LENGTH, at + ENTRY_LENGTH + nameLength), isPacked: method === DEFLATED, packed: bytes.subarray(from, from + packedSize), size, crc },
    span: [header, from + packedSize],
    next: at + ENTRY_LENGTH + nameLength + extraLength + commentLength,
  };
}
