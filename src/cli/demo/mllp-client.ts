import { once } from 'node:events';
import { connect } from 'node:net';
import { UnexpectedAnswer } from './client.ts';

/** A laboratory information system as it speaks to the exchange: one message, one acknowledgement, then the next. */
export interface MllpClient {
  /** @returns the acknowledgement. @throws UnexpectedAnswer when the connection ends before it comes */
  send(message: string): Promise<string>;
  close(): void;
}

const START = Buffer.of(0x0b);
const END = Buffer.of(0x1c, 0x0d);

/** @param signal ends the connection, and a message under way with it */
export async function connectMllp(port: number, signal: AbortSignal): Promise<MllpClient> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, signal });
  await once(socket, 'connect');
  // What breaks the connection is told by its close.
  socket.on('error', () => undefined);
  const pieces = socket[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  return {
    send: async (message) => {
      socket.write(Buffer.concat([START, Buffer.from(message), END]));
      let received = Buffer.alloc(0);
      while (!received.includes(END)) {
        const piece = await pieces.next();
        if (piece.done === true) throw new UnexpectedAnswer('The connection for HL7 v2 was closed before the acknowledgement came');
        received = Buffer.concat([received, piece.value]);
      }
      return received.toString('utf8', START.length, received.indexOf(END));
    },
    close: () => socket.destroy(),
  };
}
