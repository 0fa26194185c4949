import { Readable } from 'node:stream';
import { crc32, createInflateRaw } from 'node:zlib';
import type { ArchiveFile, CellContext, SheetRow } from '../../normalize/table/index.ts';
import { broken, SheetReader, walkXml, xmlDecoder } from '../../normalize/table/index.ts';

const PIECE = 65_536;

/**
 * The rows of a sheet, unpacked piece by piece.
 *
 * @throws UnreadableMessage for a sheet that is damaged or over a limit
 */
export async function* sheetRows(file: ArchiveFile, context: CellContext): AsyncGenerator<SheetRow> {
  let ready: SheetRow[] = [];
  const walk = walkXml(new SheetReader(context, (row) => ready.push(row)));
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  const decode = (piece: Uint8Array, isLast: boolean): string => {
    try {
      return (decoder ??= xmlDecoder(piece)).decode(piece, { stream: !isLast });
    } catch (error) {
      throw broken('one of its files is not of its encoding', error);
    }
  };
  for await (const piece of unpackedPieces(file)) {
    walk.write(decode(piece, false));
    yield* ready;
    ready = [];
  }
  walk.write(decode(Buffer.alloc(0), true));
  walk.end();
  yield* ready;
}

/** @throws UnreadableMessage where the file is not what the archive's directory says, before more than that is unpacked */
async function* unpackedPieces({ packed, isPacked, size, crc }: ArchiveFile): AsyncGenerator<Buffer> {
  const stored = Readable.from(slicesOf(packed));
  const pieces: AsyncIterable<Buffer> = isPacked ? stored.pipe(createInflateRaw()) : stored;
  let length = 0;
  let sum = 0;
  try {
    for await (const piece of pieces) {
      length += piece.length;
      if (length > size) throw broken('one of its files is larger than it says');
      sum = crc32(piece, sum);
      yield piece;
    }
  } catch (error) {
    throw error instanceof Error && 'errno' in error ? broken('one of its files is damaged', error) : error;
  }
  if (length !== size || sum !== crc) throw broken('one of its files is damaged');
}

function* slicesOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
}
