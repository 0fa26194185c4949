import { hash } from 'node:crypto';

/** What stands before the first link of every chain. */
export const CHAIN_START = '0'.repeat(64);

/**
 * The hash of one link: SHA-256, hex, over writer, position, the previous link's hash and the trace exactly as stored.
 * Changing, removing, inserting or reordering a link changes every hash after it.
 */
export function linkHash(writer: string, seq: number, previous: string, body: string): string {
  return hash('sha256', `${writer}\n${seq}\n${previous}\n${body}`);
}
