import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChainLink } from '../../src/store/store.ts';
import { memoryKeys } from '../../src/access/keys.ts';
import { chainOf, chainOver, eventBody, type Evidence, linesOver, signedLine, verifyEvidence } from './samples.ts';

const a = chainOf('a', 6);
const b = chainOf('b', 3);
const head = (links: readonly ChainLink[], seq: number): ChainLink => links[seq - 1]!;
/** Signed after a2, after a4 and b2, and at the end. */
const lines = linesOver([[head(a, 2)], [head(a, 4), head(b, 2)], [head(a, 6), head(b, 3)]]);
const intact: Evidence = { links: [...a, ...b], lines };

const withLinks = (links: readonly ChainLink[]): Evidence => ({ links: [...links, ...b], lines });

async function firstFaultOf(evidence: Evidence): Promise<unknown> {
  const report = await verifyEvidence(evidence);
  expect(report.intact).toBe(false);
  return report.chains.find((chain) => chain.fault !== undefined)?.fault ?? report.signatures.fault;
}

describe('the proof of an intact trace', () => {
  it('passes and tells what each chain holds', async () => {
    const report = await verifyEvidence(intact);
    expect(report).toMatchObject({ intact: true, unsigned: 0, signatures: { lines: 3, fault: undefined } });
    expect(report.chains.map(({ state }) => [state.writer, state.seq, state.first, state.last, state.hash])).toEqual([
      ['a', 6, '2026-03-01T08:00:01.000Z', '2026-03-01T08:00:06.000Z', head(a, 6).hash],
      ['b', 3, '2026-03-01T08:00:01.000Z', '2026-03-01T08:00:03.000Z', head(b, 3).hash],
    ]);
  });

  it('passes for events after the last signature and counts them', async () => {
    expect(await verifyEvidence({ ...intact, lines: lines.slice(0, 2) })).toMatchObject({ intact: true, unsigned: 3 });
  });

  it('passes for a new store, whose gateway has signed that there was nothing', async () => {
    expect(await verifyEvidence({ links: [], lines: linesOver([[]]) })).toMatchObject({ intact: true, chains: [] });
  });

  it('passes when two processes signed at once, the later line an earlier head', async () => {
    const [first = '', ...rest] = linesOver([[head(a, 2)], [head(a, 6), head(b, 3)]]);
    const [, late = ''] = linesOver([[head(a, 2)], [head(a, 5)]]);
    expect(await verifyEvidence({ ...intact, lines: [first, ...rest, late] })).toMatchObject({ intact: true, signatures: { lines: 3 } });
  });

  it('passes in batches when a chain is long', async () => {
    const long = chainOf('long', 1_700);
    expect(await verifyEvidence({ links: long, lines: linesOver([[head(long, 1_203)]]) })).toMatchObject({ chains: [{ state: { seq: 1_700, signedSeq: 1_203 } }] });
  });
});

describe('the proof of a tampered chain names the first bad event', () => {
  it('when one was changed', async () => {
    const links = a.map((link) => (link.seq === 3 ? { ...link, body: link.body.replace('08:00:03', '07:00:03') } : link));
    expect(await firstFaultOf(withLinks(links))).toEqual({ writer: 'a', seq: 3, id: 'a-3', what: 'the event was changed: its text does not give its hash' });
  });

  it('when one was changed together with its hash', async () => {
    const [changed] = chainOver('a', [eventBody('a', 99)]).slice(-1);
    const links = a.map((link) => (link.seq === 3 ? { ...link, body: changed!.body, hash: chainOver('a', [...a.slice(0, 2).map((l) => l.body), changed!.body])[2]!.hash } : link));
    expect(await firstFaultOf(withLinks(links))).toMatchObject({ writer: 'a', seq: 4, what: expect.stringMatching(/does not continue the one before/) });
  });

  it('when one was changed and the whole chain computed anew', async () => {
    const links = chainOver('a', a.map((link) => (link.seq === 3 ? eventBody('a', 99) : link.body)));
    expect(await firstFaultOf(withLinks(links))).toMatchObject({ writer: 'a', seq: 3, what: expect.stringMatching(/one of the events 3 to 4 was replaced .* signature line 2 of 2026-03-01T08:00:10\.000Z/) });
  });

  it('when one was removed', async () => {
    expect(await firstFaultOf(withLinks(a.filter((link) => link.seq !== 3)))).toMatchObject({ writer: 'a', seq: 3, what: 'event 3 is missing, the next event that is there has number 4' });
  });

  it('when one was inserted', async () => {
    const inserted = chainOver('a', [...a.slice(0, 2).map((link) => link.body), eventBody('a', 99)])[2]!;
    const links = [...a.slice(0, 2), inserted, ...a.slice(2).map((link) => ({ ...link, seq: link.seq + 1 }))];
    expect(await firstFaultOf(withLinks(links))).toMatchObject({ writer: 'a', seq: 4, id: 'a-3' });
  });

  it('when two changed places', async () => {
    const links = a.map((link) => (link.seq === 3 ? { ...head(a, 4), seq: 3 } : link.seq === 4 ? { ...head(a, 3), seq: 4 } : link));
    expect(await firstFaultOf(withLinks(links))).toMatchObject({ writer: 'a', seq: 3, id: 'a-4' });
  });

  it('when its end was cut off', async () => {
    expect(await firstFaultOf(withLinks(a.slice(0, 5)))).toMatchObject({ writer: 'a', seq: 6, what: expect.stringMatching(/cut off after event 5: signature line 3 .* attests 6 events/) });
  });

  it('when its unsigned end was cut off and the store still counts it', async () => {
    const evidence = { links: [...a.slice(0, 5), ...b], lines: lines.slice(0, 2), heads: [head(a, 6), head(b, 3)] };
    expect(await firstFaultOf(evidence)).toMatchObject({ writer: 'a', seq: 6, what: 'the chain is cut off after event 5: the store counted 6' });
  });

  it('when all of it was removed', async () => {
    expect(await firstFaultOf({ links: a, lines })).toMatchObject({ writer: 'b', seq: 1, what: expect.stringMatching(/whole chain of 2 events is gone/) });
  });

  it('when reads disclose another text, or nothing', async () => {
    const copies = [...a, ...b].map((link) => link.body);
    expect(await firstFaultOf({ ...intact, copies: copies.map((body) => body.replace('"a-5","recorded":"2026', '"a-5","recorded":"2025')) })).toMatchObject({ seq: 5, id: 'a-5', what: 'the event that reads disclose is not the chained one' });
    expect(await firstFaultOf({ ...intact, copies: copies.filter((body) => !body.includes('b-2')) })).toMatchObject({ writer: 'b', seq: 2, what: 'the event is chained, and reads do not find it' });
  });
});

describe('the proof counts what searches find', () => {
  it('and tells of events that no chain holds, or that are hidden', async () => {
    expect(await verifyEvidence({ ...intact, found: 10 })).toMatchObject({ intact: false, found: 'searches find 10 events, 1 of which are in no chain' });
    expect(await verifyEvidence({ ...intact, found: 7 })).toMatchObject({ intact: false, found: 'searches find 7 events, 2 of the chains are hidden from them' });
  });
});

describe('the proof of tampered signatures names the first bad line', () => {
  it('when one was changed', async () => {
    const changed = lines.map((line, index) => (index === 1 ? line.replace('"seq":4', '"seq":3') : line));
    expect(await firstFaultOf({ ...intact, lines: changed })).toEqual({ line: 2, what: 'the line was changed: its signature does not fit' });
  });

  it('when one was removed from the front or the middle', async () => {
    for (const removed of [0, 1]) {
      const fault = await firstFaultOf({ ...intact, lines: lines.filter((_, index) => index !== removed) });
      expect(fault).toMatchObject({ line: removed + 1, what: expect.stringMatching(/not those that it attests/) });
    }
  });

  it('when one became unreadable', async () => {
    expect(await firstFaultOf({ ...intact, lines: lines.map((line, index) => (index === 1 ? line.slice(9) : line)) })).toMatchObject({ line: 2, what: expect.stringMatching(/damaged/) });
    expect(await firstFaultOf({ ...intact, lines: lines.map((line, index) => (index === 2 ? line.slice(9) : line)) })).toMatchObject({ line: 3, what: expect.stringMatching(/damaged/) });
  });

  it('when all are gone', async () => {
    expect(await firstFaultOf({ ...intact, lines: [] })).toMatchObject({ line: 1, what: expect.stringMatching(/no signature/) });
  });

  it('when the last ones were cut off, though events went on for more than two intervals', async () => {
    const long = chainOf('a', 120);
    expect(await firstFaultOf({ links: long, lines: linesOver([[head(long, 2)]]) })).toMatchObject({ line: 2, what: expect.stringMatching(/no signature attests the events from 2026-03-01T08:00:03\.000Z to 2026-03-01T08:02:00\.000Z/) });
  });

  it('when another key signed', async () => {
    const stranger = (await memoryKeys()).audit.privateKey;
    expect(await firstFaultOf({ ...intact, lines: linesOver([[head(a, 6)]], stranger) })).toMatchObject({ line: 1, what: expect.stringMatching(/signature does not fit/) });
  });

  it('but takes a line that a crash cut short, once a later line attests its remains', async () => {
    const [first = ''] = lines;
    const torn = lines[1]!.slice(0, 40);
    const next = signedLine([head(a, 6), head(b, 3)], [first, torn]);
    expect(await verifyEvidence({ ...intact, lines: [first, torn, next] })).toMatchObject({ intact: true, signatures: { lines: 3 } });
    expect(await firstFaultOf({ ...intact, lines: [first, torn.slice(1), next] })).toMatchObject({ line: 2, what: expect.stringMatching(/damaged/) });
  });
});

describe('no single mutation passes', () => {
  const position = fc.nat(1_000);
  it('of the links of signed chains', async () => {
    const mutations = fc.constantFrom('change', 'remove', 'repeat', 'swap', 'cut', 'renumber', 'rehash', 'relink', 'adopt');
    await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 8 }), mutations, position, position, async (length, mutation, at, other) => {
      const chain = chainOf('a', length);
      const signed = linesOver([[head(chain, 1 + (other % length))], [head(chain, length)]]);
      const index = at % length;
      const links = mutate(chain, mutation, index, other);
      fc.pre(links !== undefined);
      expect((await verifyEvidence({ links, lines: signed, copies: chain.map((link) => link.body) })).intact).toBe(false);
    }));
  });

  it('of the text of a signature line', async () => {
    await fc.assert(fc.asyncProperty(fc.nat(2), position, fc.constantFrom('0', '9', 'a', 'f', 'z', '"', '{', ':'), async (line, at, letter) => {
      const text = lines[line]!;
      const index = at % text.length;
      fc.pre(text[index] !== letter);
      // The last character of the signature holds spare bits that say nothing.
      fc.pre(index !== text.length - 3);
      const changed = lines.map((kept, n) => (n === line ? text.slice(0, index) + letter + text.slice(index + 1) : kept));
      expect((await verifyEvidence({ ...intact, lines: changed })).intact).toBe(false);
    }));
  });
});

function mutate(chain: readonly ChainLink[], mutation: string, index: number, other: number): readonly ChainLink[] | undefined {
  const change = (changes: (link: ChainLink) => ChainLink) => chain.map((link, n) => (n === index ? changes(link) : link));
  const hex = (text: string) => (text.startsWith('f') ? '0' : 'f') + text.slice(1);
  switch (mutation) {
    case 'change': return change((link) => ({ ...link, body: link.body.replace('AuditEvent', 'auditEvent') }));
    case 'remove': return chain.filter((_, n) => n !== index);
    case 'repeat': return [...chain.slice(0, index + 1), ...chain.slice(index).map((link) => ({ ...link, seq: link.seq + 1 }))];
    case 'swap': {
      const target = other % chain.length;
      if (target === index) return undefined;
      return chain.map((link, n) => (n === index ? { ...chain[target]!, seq: link.seq } : n === target ? { ...chain[index]!, seq: link.seq } : link));
    }
    case 'cut': return chain.slice(0, index);
    case 'renumber': return change((link) => ({ ...link, seq: link.seq + 1 + (other % 3) }));
    case 'rehash': return change((link) => ({ ...link, hash: hex(link.hash) }));
    case 'relink': return change((link) => ({ ...link, previous: hex(link.previous) }));
    case 'adopt': return chainOver('a', chain.map((link, n) => (n === index ? eventBody('a', 500) : link.body)));
    default: return undefined;
  }
}
