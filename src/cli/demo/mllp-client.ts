import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { UnexpectedAnswer } from './client.ts';

/** A laboratory information system as it speaks to the exchange: one message, one acknowledgement, then the next. */
export interface MllpClient {
  /** @returns the acknowledgement. @throws UnexpectedAnswer when the connection ends before it comes */
  send(message: string): Promise<string>;
  close(): void;
}

const START = 0x0b;
const END = Buffer.of(0x1c, 0x0d);

export async function connectMllp(port: number, signal: AbortSignal): Promise<MllpClient> {
  const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect', { signal });
  return {
    send: async (message) => {
      socket.write(Buffer.concat([Buffer.of(START), Buffer.from(message), END]));
      let received = Buffer.alloc(0);
      while (!received.includes(END)) {
        const [chunk] = await Promise.race([once(socket, 'data', { signal }), once(socket, 'close', { signal })]) as [unknown];
        if (!Buffer.isBuffer(chunk)) throw new UnexpectedAnswer('The connection for HL7 v2 was closed before the acknowledgement came');
        received = Buffer.concat([received, chunk]);
      }
      return received.toString('utf8', 1, received.indexOf(END));
    },
    close: () => socket.destroy(),
  };
}
