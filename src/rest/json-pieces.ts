/** JSON text in parts: bytes as a store gave them, and texts of our own around them. */
export type JsonPiece = string | Buffer;

/** The pieces one after another, in UTF-8: what a store gave as bytes is copied and never decoded. */
export function joinedPieces(pieces: readonly JsonPiece[]): Buffer {
  return Buffer.concat(pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece)));
}
