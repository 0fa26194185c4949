/** JSON text in parts: bytes as a store gave them, and texts of our own around them. */
export type JsonPiece = string | Buffer;

/** A character takes three bytes of UTF-8 at most. */
const MOST_BYTES = 3;

/** The pieces one after another, in UTF-8: what a store gave as bytes is copied and never decoded. */
export function joinedPieces(pieces: readonly JsonPiece[]): Buffer {
  let room = 0;
  for (const piece of pieces) room += typeof piece === 'string' ? MOST_BYTES * piece.length : piece.length;
  const joined = Buffer.allocUnsafe(room);
  let end = 0;
  for (const piece of pieces) end += typeof piece === 'string' ? joined.write(piece, end) : piece.copy(joined, end);
  return joined.subarray(0, end);
}
