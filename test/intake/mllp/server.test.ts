import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { BodyBudget, BodyLease } from '../../../src/body-budget.ts';
import { type MllpFault, type MllpHandlers, type MllpOptions, type MllpServer, startMllp } from '../../../src/intake/mllp/server.ts';
import { framed, RawPeer } from './raw-peer.ts';

const LIMITS = { frameBytes: 1_000_000, connections: 10, idleMs: 10_000, frameMs: 10_000, unreadAcknowledgementMs: 10_000 };
const until = vi.waitFor;

interface Listening { readonly server: MllpServer; readonly received: string[]; readonly faults: MllpFault[]; connect: () => RawPeer }

const open: { server: MllpServer; peers: RawPeer[] }[] = [];
afterEach(async () => {
  for (const { server, peers } of open.splice(0)) {
    peers.forEach((peer) => peer.socket.destroy());
    await server.stop(0);
  }
});

async function listen(limits: Partial<MllpOptions['limits']> = {}, handlers: Partial<MllpHandlers> = {}): Promise<Listening> {
  const received: string[] = [];
  const faults: MllpFault[] = [];
  const peers: RawPeer[] = [];
  const server = await startMllp({ host: '127.0.0.1', port: 0, limits: { ...LIMITS, ...limits } }, {
    receive: (frame) => {
      received.push(frame.toString());
      return Promise.resolve(Buffer.from(`ACK ${frame.toString('latin1', 0, 20)}`));
    },
    refuse: (head) => Buffer.from(`AR ${head.toString('latin1', 0, 5)}`),
    lease: () => ({ cover: () => Promise.resolve(), end: () => undefined }),
    onFault: (fault) => faults.push(fault),
    ...handlers,
  });
  open.push({ server, peers });
  return {
    server, received, faults,
    connect: () => {
      const peer = RawPeer.connect(server.port);
      peers.push(peer);
      return peer;
    },
  };
}

const kinds = (faults: readonly MllpFault[]): string[] => faults.map((fault) => fault.kind);

describe('a connection', () => {
  it('answers each message in order, also when several come at once and in pieces', async () => {
    const { connect, received } = await listen();
    const peer = connect();
    peer.send(framed('MSH|1') + framed('MSH|2') + framed('MSH|3').slice(0, 4));
    await until(() => expect(peer.answers).toEqual(['ACK MSH|1', 'ACK MSH|2']));
    for (const char of framed('MSH|3').slice(4)) {
      peer.send(char);
      await sleep(1);
    }
    await until(() => expect(peer.answers).toEqual(['ACK MSH|1', 'ACK MSH|2', 'ACK MSH|3']));
    expect(received).toEqual(['MSH|1', 'MSH|2', 'MSH|3']);
  });

  it('takes in one message at a time, and others at the same time on other connections', async () => {
    const waiting: { text: string; answer: (ack: Buffer) => void }[] = [];
    const { connect } = await listen({}, { receive: (frame) => new Promise((answer) => waiting.push({ text: frame.toString(), answer })) });
    const [one, two] = [connect(), connect()];
    one.send(framed('MSH|1') + framed('MSH|2'));
    await until(() => expect(waiting).toHaveLength(1));
    two.send(framed('MSH|3'));
    await until(() => expect(waiting.map(({ text }) => text)).toEqual(['MSH|1', 'MSH|3']));
    one.send(framed('MSH|4'));
    await sleep(20);
    expect(waiting).toHaveLength(2);
    waiting[0]!.answer(Buffer.from('A'));
    await until(() => expect(waiting.map(({ text }) => text)).toEqual(['MSH|1', 'MSH|3', 'MSH|2']));
    expect([one.answers, two.answers]).toEqual([['A'], []]);
  });

  it('sends nothing where no answer is wanted', async () => {
    const { connect } = await listen({}, { receive: (frame) => Promise.resolve(frame.includes('quiet') ? undefined : frame) });
    const peer = connect();
    peer.send(framed('MSH|quiet') + framed('MSH|loud'));
    await until(() => expect(peer.answers).toEqual(['MSH|loud']));
  });

  it('answers a message without a CR at the end, and all that came before the peer closed its side', async () => {
    const { connect } = await listen();
    const peer = connect();
    peer.send('\x0bMSH|1\x1c');
    await until(() => expect(peer.answers).toEqual(['ACK MSH|1']));
    peer.socket.end('\x0bMSH|2\x1c');
    await until(() => expect(peer.answers).toEqual(['ACK MSH|1', 'ACK MSH|2']));
    await peer.closed;
  });

  it('goes on behind a message that is too long and behind noise, and tells of both', async () => {
    const { connect, faults } = await listen({ frameBytes: 10_000 });
    const peer = connect();
    peer.send(framed(`MSH|${'x'.repeat(200_000)}`) + 'noise' + framed('MSH|2'));
    await until(() => expect(peer.answers).toEqual(['AR MSH|x', 'ACK MSH|2']));
    expect(kinds(faults).sort()).toEqual(['garbage', 'oversize']);
    expect(faults[0]?.peer).toEqual({ address: '127.0.0.1', certificate: undefined, name: undefined });
  });

  it('takes in a message of many pieces', async () => {
    const { connect, received } = await listen();
    const long = `MSH|${'x'.repeat(900_000)}`;
    const peer = connect();
    peer.send(framed(long));
    await until(() => expect(peer.answers).toHaveLength(1));
    expect(received).toEqual([long]);
  });

  it('is closed without an answer when a message could not be taken in', async () => {
    const { connect, faults, server } = await listen({}, { receive: () => Promise.reject(new Error('disk full')) });
    const peer = connect();
    peer.send(framed('MSH|1') + framed('MSH|2'));
    await peer.closed;
    expect(peer.answers).toEqual([]);
    expect(faults.map(({ kind, cause }) => [kind, String(cause)])).toEqual([['failed', 'Error: disk full']]);
    await until(() => expect(server.connections()).toBe(0));
  });

  it('tells of a message that was cut', async () => {
    const { connect, faults } = await listen();
    const peer = connect();
    peer.socket.end('\x0bMSH|1|half');
    await peer.closed;
    await until(() => expect(kinds(faults)).toEqual(['cut']));
    connect().socket.end();
    await sleep(20);
    expect(faults).toHaveLength(1);
  });

  it('is closed when nothing comes, but not while a message is being processed', async () => {
    const { connect, faults } = await listen({ idleMs: 100 }, { receive: async (frame) => { await sleep(400); return frame; } });
    const [busy, cut, idle] = [connect(), connect(), connect()];
    busy.send(framed('MSH|1'));
    cut.send('\x0bMSH|half');
    await Promise.all([cut.closed, idle.closed]);
    expect(kinds(faults)).toEqual(['idle']);
    await until(() => expect(busy.answers).toEqual(['MSH|1']));
    await busy.closed;
  });
});

describe('a message that comes too slowly', () => {
  it('ends its connection and gives its memory back, though something came all the time', async () => {
    const budget = new BodyBudget(3_000_000);
    const { connect, faults } = await listen({ frameMs: 300 }, { lease: () => new BodyLease(budget) });
    const peer = connect();
    peer.send(`\x0bMSH|${'x'.repeat(200_000)}`);
    await until(() => expect(budget.held).toBeGreaterThan(200_000));
    const dripping = setInterval(() => peer.send('x'), 20);
    await peer.closed;
    clearInterval(dripping);
    expect([kinds(faults), peer.answers]).toEqual([['slow'], []]);
    await until(() => expect(budget.held).toBe(0));
  });

  it('has its time to itself: messages before it on the connection, and those being processed, take none of it', async () => {
    const { connect, faults } = await listen({ frameMs: 300 }, { receive: async (frame) => { await sleep(200); return frame; } });
    const peer = connect();
    for (let number = 0; number < 4; number++) peer.send(framed(`MSH|${number}`));
    peer.send(framed('MSH|last').slice(0, 6));
    await until(() => expect(peer.answers).toHaveLength(4), { timeout: 5_000 });
    await sleep(100);
    peer.send(framed('MSH|last').slice(6));
    await until(() => expect(peer.answers).toHaveLength(5));
    expect(faults).toEqual([]);
  });
});

describe('a peer that does not read', () => {
  it('is disconnected, and is not read from meanwhile', async () => {
    const answer = Buffer.alloc(1_000_000, 'a');
    let count = 0;
    const { connect, faults, server } = await listen({ unreadAcknowledgementMs: 300 }, { receive: () => { count += 1; return Promise.resolve(answer); } });
    const peer = connect();
    await until(() => expect(server.connections()).toBe(1));
    peer.socket.pause();
    const messages = framed('MSH|' + 'x'.repeat(1_000)).repeat(2_000);
    peer.send(messages);
    await until(() => expect(kinds(faults)).toEqual(['unread-acknowledgement']), { timeout: 10_000 });
    expect(count).toBeLessThan(1_000);
    await until(() => expect(server.connections()).toBe(0));
  });
});

describe('the memory for messages', () => {
  const takingFrom = (budget: BodyBudget) => (): BodyLease => new BodyLease(budget);

  it('is reserved while a message is taken in, and given back in every case', async () => {
    const budget = new BodyBudget(3_000_000);
    const held: number[] = [];
    const { connect } = await listen({}, { lease: takingFrom(budget), receive: (frame) => { held.push(budget.held); return frame.includes('bad') ? Promise.reject(new Error('bad')) : Promise.resolve(frame.subarray(0, 5)); } });
    const peer = connect();
    peer.send(framed('MSH|1') + framed(`MSH|${'x'.repeat(500_000)}`) + framed(`MSH|${'x'.repeat(2_000_000)}`) + framed('MSH|4'));
    await until(() => expect(peer.answers).toHaveLength(4));
    expect(held).toEqual([5, expect.any(Number), 5]);
    // Up to one piece of the socket comes in beyond what is reserved.
    expect(held[1]).toBeGreaterThan(500_000 - 65_536);
    expect(held[1]).toBeLessThanOrEqual(LIMITS.frameBytes);
    const half = connect();
    half.send(`\x0bMSH|${'x'.repeat(500_000)}`);
    await until(() => expect(budget.held).toBeGreaterThan(500_000));
    expect(budget.held).toBeLessThanOrEqual(LIMITS.frameBytes);
    half.socket.destroy();
    connect().send(framed('MSH|bad'));
    await until(() => expect(budget.held).toBe(0));
  });

  it('is not taken from others by those who only begin a long message', async () => {
    const budget = new BodyBudget(3_000_000);
    const { connect } = await listen({ connections: 20 }, { lease: takingFrom(budget) });
    for (let stranger = 0; stranger < 10; stranger++) connect().send(`\x0bMSH|${'x'.repeat(70_000)}`);
    await until(() => expect(budget.held).toBeGreaterThan(10 * 70_000));
    const peer = connect();
    peer.send(framed(`MSH|${'x'.repeat(500_000)}`));
    await until(() => expect(peer.answers).toHaveLength(1));
  });

  it('is waited for, and a sender that waits in vain is sent away to come again', async () => {
    let isFull = true;
    const { connect, faults } = await listen({}, { lease: () => ({ cover: () => isFull ? Promise.reject(new Error('full')) : Promise.resolve(), end: () => undefined }) });
    const peer = connect();
    peer.send(framed('MSH|1'));
    await peer.closed;
    expect([peer.answers, kinds(faults)]).toEqual([[], ['no-memory']]);
    isFull = false;
    const again = connect();
    again.send(framed('MSH|1'));
    await until(() => expect(again.answers).toEqual(['ACK MSH|1']));
  });
});

describe('the listener', () => {
  it('closes connections beyond its limit', async () => {
    const { connect, faults, server } = await listen({ connections: 1 });
    const first = connect();
    await until(() => expect(server.connections()).toBe(1));
    await connect().closed;
    expect(kinds(faults)).toEqual(['too-many-connections']);
    first.send(framed('MSH|1'));
    await until(() => expect(first.answers).toEqual(['ACK MSH|1']));
  });

  it('says when its port is taken', async () => {
    const { server } = await listen();
    await expect(startMllp({ host: '127.0.0.1', port: server.port, limits: LIMITS }, { receive: () => Promise.resolve(undefined), refuse: () => undefined, lease: () => ({ cover: () => Promise.resolve(), end: () => undefined }), onFault: () => undefined })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('stops after the messages under way are answered, and takes no others', async () => {
    const { connect, server, received } = await listen({}, { receive: async (frame) => { received.push(frame.toString()); await sleep(200); return frame; } });
    const [busy, idle] = [connect(), connect()];
    busy.send(framed('MSH|1') + framed('MSH|2'));
    await until(() => expect(received).toEqual(['MSH|1']));
    await server.stop(5_000);
    await Promise.all([busy.closed, idle.closed]);
    expect(busy.answers).toEqual(['MSH|1']);
    expect(received).toEqual(['MSH|1']);
    await connect().closed;
  });

  it('does not wait longer than the grace for a message that hangs', async () => {
    const { connect, server, received } = await listen({}, { receive: (frame) => { received.push(frame.toString()); return new Promise(() => undefined); } });
    const peer = connect();
    peer.send(framed('MSH|1'));
    await until(() => expect(received).toHaveLength(1));
    await server.stop(50);
    await peer.closed;
    expect(peer.answers).toEqual([]);
  });
});
