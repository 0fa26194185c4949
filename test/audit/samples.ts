import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { cover, keyName, NOTHING_COVERED, signHeads } from '../../src/audit/heads.ts';
import type { WalkedStore } from '../../src/audit/chain-walk.ts';
import { type AuditReport, verifyAudit } from '../../src/audit/verify-audit.ts';
import { CHAIN_START, linkHash } from '../../src/store/chain.ts';
import type { ChainHead, ChainLink, Stored } from '../../src/store/store.ts';
import { StoredVersion } from '../../src/store/stored-version.ts';

export const auditKey = generateKeyPairSync('ed25519');
const START = Date.parse('2026-03-01T08:00:00Z');
export const EVERY_MS = 10_000;

/** The n-th event of a writer, one a second. */
export function eventBody(writer: string, n: number): string {
  return JSON.stringify({ resourceType: 'AuditEvent', id: `${writer}-${n}`, recorded: new Date(START + n * 1000).toISOString() });
}

/** Links over the bodies, as an adapter chains them. */
export function chainOver(writer: string, bodies: readonly string[]): ChainLink[] {
  const links: ChainLink[] = [];
  let previous = CHAIN_START;
  for (const [index, body] of bodies.entries()) {
    const hash = linkHash(writer, index + 1, previous, body);
    links.push({ writer, seq: index + 1, previous, hash, body });
    previous = hash;
  }
  return links;
}

export function chainOf(writer: string, length: number): ChainLink[] {
  return chainOver(writer, Array.from({ length }, (_, index) => eventBody(writer, index + 1)));
}

/** A signature line that covers the given ones. */
export function signedLine(heads: readonly ChainHead[], before: readonly string[], key: KeyObject = auditKey.privateKey): string {
  const content = {
    at: new Date(START + before.length * EVERY_MS).toISOString(),
    everyMs: EVERY_MS,
    covers: before.reduce(cover, NOTHING_COVERED),
    heads: heads.map(({ writer, seq, hash }) => ({ writer, seq, hash })),
  };
  return signHeads(content, key, keyName(auditKey.publicKey));
}

/** Signature lines, one for each set of heads, each covering all before it. */
export function linesOver(rounds: readonly (readonly ChainHead[])[], key?: KeyObject): string[] {
  return rounds.reduce<string[]>((lines, heads) => [...lines, signedLine(heads, lines, key)], []);
}

/** What is laid before the proof: links as the table holds them, the copies that reads find, and the heads that the store counts. */
export interface Evidence {
  readonly links: readonly ChainLink[];
  readonly lines: readonly string[];
  readonly copies?: readonly string[];
  readonly heads?: readonly ChainHead[];
  /** How many events searches find. */
  readonly found?: number;
}

export function verifyEvidence({ links, lines, copies = links.map((link) => link.body), heads, found = links.length }: Evidence): Promise<AuditReport> {
  const byWriter = Map.groupBy(links, (link) => link.writer);
  const stored = new Map(copies.map((body) => [(JSON.parse(body) as { id: string }).id, body]));
  const store: WalkedStore = {
    chains: () => Promise.resolve(heads ?? [...byWriter.values()].flatMap((chain) => chain.at(-1) ?? [])),
    chain: ({ writer, fromSeq, limit }) => Promise.resolve((byWriter.get(writer) ?? []).filter((link) => link.seq >= fromSeq).slice(0, limit)),
    count: () => Promise.resolve(found),
    readMany: (keys) => Promise.resolve(keys.flatMap(({ type, id }): Stored[] => {
      const body = stored.get(id);
      return body === undefined ? [] : [new StoredVersion({ type, id, version: 1, lastUpdated: '', deleted: false, outcome: 'read' }, body)];
    })),
  };
  return verifyAudit({ store, lines: asyncLines(lines), publicKey: auditKey.publicKey });
}

async function* asyncLines(lines: readonly string[]): AsyncGenerator<string> {
  for (const line of lines) yield await Promise.resolve(line);
}
