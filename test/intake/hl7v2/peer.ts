import { once } from 'node:events';
import { connect } from 'node:net';

/** The other end of a connection, which frames messages and reads acknowledgements in their order. */
export interface Peer {
  write(message: string): void;
  next(): Promise<string>;
  send(message: string): Promise<string>;
  close(): void;
}

export async function rawPeer(port: number | undefined): Promise<Peer> {
  const socket = connect({ port: port ?? 0, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  const answers: string[] = [];
  const waiting: ((answer: string) => void)[] = [];
  let held = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk]);
    for (let end = held.indexOf(0x1c); end >= 0; end = held.indexOf(0x1c)) {
      const answer = held.toString('utf8', 1, end);
      held = held.subarray(end + 2);
      const taker = waiting.shift();
      if (taker === undefined) answers.push(answer);
      else taker(answer);
    }
  });
  const write = (message: string): void => void socket.write(Buffer.concat([Buffer.of(0x0b), Buffer.from(message), Buffer.of(0x1c, 0x0d)]));
  const next = (): Promise<string> => {
    const answer = answers.shift();
    return answer === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(answer);
  };
  return { write, next, send: (message) => { write(message); return next(); }, close: () => socket.destroy() };
}
