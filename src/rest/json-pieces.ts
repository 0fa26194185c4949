/** JSON text in parts: bytes as a store gave them, and texts of our own around them. */
export type JsonPiece = string | Buffer;

/** A character takes three bytes of UTF-8 at most. */
const MOST_BYTES = 3;

/** The pieces one after another, in UTF-8: what a store gave as bytes is copied and never decoded. */
export function joinedPieces(pieces: readonly JsonPiece[]): Buffer {
  const runs = joinedTexts(pieces);
  let room = 0;
  for (const run of runs) room += typeof run === 'string' ? MOST_BYTES * run.length : run.length;
  const joined = Buffer.allocUnsafe(room);
  let end = 0;
  for (const run of runs) end += typeof run === 'string' ? joined.write(run, end) : run.copy(joined, end);
  return joined.subarray(0, end);
}

/** With texts that follow one another in one: to write one out costs more than to join two. */
function joinedTexts(pieces: readonly JsonPiece[]): readonly JsonPiece[] {
  const runs: JsonPiece[] = [];
  let text = '';
  for (const piece of pieces) {
    if (typeof piece === 'string') {
      text += piece;
      continue;
    }
    if (text !== '') runs.push(text);
    runs.push(piece);
    text = '';
  }
  if (text !== '') runs.push(text);
  return runs;
}
