import { Segment } from './segment.ts';
import { readSeparators } from './separators.ts';

/** A header beyond this is cut: the fields that are read of it stand near its beginning. */
const MOST_BYTES = 8 * 1024;
const BLANKS = new Set([0x09, 0x0a, 0x0b, 0x0d, 0x20]);

/** The bytes of the MSH segment, without what ends it; undefined when the bytes do not begin with one. */
export function headerBytes(bytes: Buffer): Buffer | undefined {
  let start = bytes.length >= 3 && bytes.readUIntBE(0, 3) === 0xefbbbf ? 3 : 0;
  while (start < bytes.length && BLANKS.has(bytes[start] ?? 0)) start += 1;
  const line = bytes.subarray(start, start + MOST_BYTES);
  if (line.toString('latin1', 0, 3) !== 'MSH') return undefined;
  const ends = [line.indexOf(0x0d), line.indexOf(0x0a), line.length].filter((end) => end >= 0);
  return line.subarray(0, Math.min(...ends));
}

/**
 * Reads no more than the header of a message, to answer one that cannot be read: its character set is unknown, it is too
 * long or it is cut. Each byte is one character, so that an answer written in `latin1` gives back what was sent.
 *
 * @returns undefined when there is no header that can be read
 */
export function readHeader(bytes: Buffer): Segment | undefined {
  const line = headerBytes(bytes)?.toString('latin1');
  if (line === undefined) return undefined;
  try {
    return new Segment(line, 1, { separators: readSeparators(line), decode: () => undefined });
  } catch {
    return undefined;
  }
}
