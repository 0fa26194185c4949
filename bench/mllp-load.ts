import { once } from 'node:events';
import { connect } from 'node:net';
import type { Figure } from './load.ts';

const END = Buffer.of(0x1c, 0x0d);

export interface MllpLoad {
  readonly port: number;
  readonly connections: number;
  readonly seconds?: number;
  /** How many are sent at most. */
  readonly messages?: number;
  /** The n-th message of the run. */
  readonly message: (n: number) => string;
}

/** Each connection sends a message, waits for its acknowledgement, then sends the next; anything but AA ends the run. */
export async function measureMllp({ port, connections, seconds = Infinity, messages = Infinity, message }: MllpLoad): Promise<Figure> {
  let next = 0;
  const waits: number[] = [];
  const end = performance.now() + seconds * 1000;
  const sender = async (): Promise<void> => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    while (performance.now() < end && next < messages) {
      const started = performance.now();
      socket.write(Buffer.concat([Buffer.of(0x0b), Buffer.from(message(next++)), END]));
      let received = Buffer.alloc(0);
      while (!received.includes(END)) received = Buffer.concat([received, (await once(socket, 'data'))[0] as Buffer]);
      const text = received.toString();
      if (!text.includes('MSA|AA|')) throw new Error(`A message was answered ${text}`);
      waits.push(performance.now() - started);
    }
    socket.destroy();
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: connections }, sender));
  const taken = (performance.now() - started) / 1000;
  waits.sort((a, b) => a - b);
  const percentile = (share: number): number => Math.round(waits[Math.floor((waits.length - 1) * share)] ?? 0);
  return { perSecond: waits.length / taken, p50Ms: percentile(0.5), p99Ms: percentile(0.99) };
}
