import { open } from 'node:fs/promises';
import path from 'node:path';
import { cover, type Cover, NOTHING_COVERED, parseHeads } from './heads.ts';

/** Where the signed heads of an installation are: apart from the store that they attest. */
export function headsFile(dataDir: string): string {
  return path.join(dataDir, 'audit-heads.jsonl');
}

/** What a process has read of the file, which others append to as well. */
export interface HeadFile {
  readonly file: string;
  /** Bytes read: the end of the last complete line. */
  readonly offset: number;
  readonly covered: Cover;
  /** Writer -> how far its chain is signed. */
  readonly signed: ReadonlyMap<string, number>;
}

export function unreadHeadFile(file: string): HeadFile {
  return { file, offset: 0, covered: NOTHING_COVERED, signed: new Map() };
}

const CHUNK_BYTES = 1 << 20;
const NEWLINE = 10;

/** Reads the complete lines after `offset`; a last line without its end is left for the next time. */
export async function readOn(known: HeadFile): Promise<HeadFile> {
  const handle = await open(known.file, 'a+', 0o600);
  try {
    let state = known;
    let pending = Buffer.alloc(0);
    for (;;) {
      const chunk = Buffer.alloc(CHUNK_BYTES);
      const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES, state.offset + pending.length);
      if (bytesRead === 0) return state;
      const bytes = Buffer.concat([pending, chunk.subarray(0, bytesRead)]);
      const end = bytes.lastIndexOf(NEWLINE) + 1;
      state = withLines(state, bytes.toString('utf8', 0, end), end);
      pending = bytes.subarray(end);
    }
  } finally {
    await handle.close();
  }
}

/** Adds one line and waits until it is durable. A line that a crash cut short is ended first, so that the new one stands alone. */
export async function appendLine({ file, offset }: HeadFile, line: string): Promise<void> {
  const handle = await open(file, 'a', 0o600);
  try {
    const { size } = await handle.stat();
    await handle.appendFile(size > offset ? `\n${line}\n` : `${line}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function withLines(state: HeadFile, text: string, bytes: number): HeadFile {
  let { covered } = state;
  const signed = new Map(state.signed);
  for (const line of text.split('\n')) {
    if (line === '') continue;
    covered = cover(covered, line);
    for (const { writer, seq } of parseHeads(line)?.heads ?? []) signed.set(writer, Math.max(seq, signed.get(writer) ?? 0));
  }
  return { ...state, offset: state.offset + bytes, covered, signed };
}
