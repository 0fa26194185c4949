/**
 * Signed heads: each line of `audit-heads.jsonl` attests how far some chains had come, and every line that stood before it.
 * A line covers the lines its signer had read, by their number and their running hash. Several processes may append at
 * once: two new lines then cover the same ones, and the next line covers both.
 */
import { hash, type KeyObject, sign, verify } from 'node:crypto';
import { z } from 'zod';
import { CHAIN_START } from '../store/chain.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.number().int().min(0);
const signedHeads = z.object({
  at: z.iso.datetime(),
  everyMs: count,
  covers: z.object({ lines: count, hash: sha256 }),
  heads: z.array(z.object({ writer: z.string(), seq: count, hash: sha256 })),
  key: z.string(),
  signature: z.string(),
});

/**
 * One line. `everyMs` is how soon after an event the next signature was due; `covers` are the lines before it that its signer
 * had read, see `cover`; `heads` are the chains that had grown since those lines; `key` is the `keyName` of the signing key.
 */
export type SignedHeads = z.infer<typeof signedHeads>;

/** The lines read so far: how many, and a running hash over them. */
export interface Cover { readonly lines: number; readonly hash: string }
export const NOTHING_COVERED: Cover = { lines: 0, hash: CHAIN_START };

export function cover(before: Cover, line: string): Cover {
  return { lines: before.lines + 1, hash: hash('sha256', `${before.hash}\n${line}`) };
}

/** The line, without its line end. @param privateKey Ed25519 */
export function signHeads(content: Omit<SignedHeads, 'signature' | 'key'>, privateKey: KeyObject, key: string): string {
  const signature = sign(null, signedText({ ...content, key }), privateKey).toString('base64url');
  return JSON.stringify({ ...content, key, signature });
}

/** Undefined for text that is no line of signed heads, such as one cut short by a loss of power. */
export function parseHeads(line: string): SignedHeads | undefined {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return undefined;
  }
  return signedHeads.safeParse(json).data;
}

export function isSignedBy(heads: SignedHeads, publicKey: KeyObject): boolean {
  return verify(null, signedText(heads), publicKey, Buffer.from(heads.signature, 'base64url'));
}

/** Short name of a public key: the start of the SHA-256 of its SPKI form. */
export function keyName(publicKey: KeyObject): string {
  return hash('sha256', publicKey.export({ type: 'spki', format: 'der' })).slice(0, 16);
}

/** Every member in one fixed order, whatever order the line has. */
function signedText({ at, everyMs, covers, heads, key }: Omit<SignedHeads, 'signature'>): Buffer {
  const listed = heads.map((head) => [head.writer, head.seq, head.hash]);
  return Buffer.from(`bund-audit-heads\n${JSON.stringify([at, everyMs, covers.lines, covers.hash, listed, key])}`);
}
