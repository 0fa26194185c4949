import net from 'node:net';

/** A peer that sends bytes as it likes, and keeps what it gets. */
export class RawPeer {
  readonly socket: net.Socket;
  readonly closed: Promise<void>;
  #received = '';

  constructor(socket: net.Socket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => void socket.once('close', () => resolve()));
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => this.#received += chunk.toString('latin1'));
  }

  static connect(port: number, options: Partial<net.TcpNetConnectOpts> = {}): RawPeer {
    return new RawPeer(net.connect({ port, host: '127.0.0.1', noDelay: true, ...options }));
  }

  /** Answers without their framing. */
  get answers(): readonly string[] {
    return Array.from(this.#received.matchAll(/\x0b([^\x1c]*)\x1c\r/g), (match) => match[1] ?? '');
  }

  send(text: string): void {
    this.socket.write(text, 'latin1');
  }
}

export const framed = (message: string): string => `\x0b${message}\x1c\r`;
