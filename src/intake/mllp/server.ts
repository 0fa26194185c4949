import net from 'node:net';
import tls from 'node:tls';
import { MllpConnection, type MllpHandlers, type MllpLimits } from './connection.ts';
import { peerOf } from './peer.ts';

export type { MessageLease, MllpFault, MllpHandlers, MllpLimits } from './connection.ts';
export type { MllpPeer } from './peer.ts';

export interface MllpOptions {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  readonly tls?: {
    readonly key: Buffer;
    readonly cert: Buffer;
    /** Authorities that vouch for the certificates of peers; with them, peers are asked for one. */
    readonly ca?: Buffer;
    /** Whether a peer without such a certificate is turned away. */
    readonly requireClientCertificate: boolean;
  };
  readonly limits: MllpLimits;
}

export interface MllpServer {
  readonly port: number;
  /** Open now. */
  connections(): number;
  /** Takes no more connections and messages; those under way are answered, unless that takes longer than `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

/** A peer that has not shown who it is by then is disconnected. */
const HANDSHAKE_MS = 10_000;

/**
 * Listens for HL7 v2 messages over MLLP, the usual way of hospital systems, with TLS or without.
 *
 * @throws Error when the port cannot be opened, or the key and certificates are not what they should be
 * @see HL7 "Transport Specification: MLLP, Release 1", and IHE ATNA for TLS
 */
export async function startMllp(options: MllpOptions, handlers: MllpHandlers): Promise<MllpServer> {
  const { limits } = options;
  const sockets = new Set<net.Socket>();
  const connections = new Set<MllpConnection>();
  const server = createServer(options, (socket) => {
    const connection = new MllpConnection(socket, peerOf(socket), { limits, handlers });
    connections.add(connection);
    socket.once('close', () => connections.delete(connection));
  });
  server.maxConnections = limits.connections;
  server.on('connection', (socket: net.Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  reportFaults(server, limits, handlers);
  await listen(server, options, handlers.onFault);
  const address = server.address();
  return {
    port: address !== null && typeof address === 'object' ? address.port : options.port,
    connections: () => connections.size,
    stop: async (graceMs) => {
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      for (const connection of connections) connection.stop();
      const timer = setTimeout(() => sockets.forEach((socket) => socket.destroy()), graceMs);
      await closed;
      clearTimeout(timer);
    },
  };
}

function createServer({ tls: secure }: MllpOptions, onConnection: (socket: net.Socket) => void): net.Server {
  // A peer may close its side once it has sent all, and still read the answers.
  const common = { noDelay: true, keepAlive: true, allowHalfOpen: true };
  if (secure === undefined) return net.createServer(common, onConnection);
  const { key, cert, ca, requireClientCertificate } = secure;
  if (requireClientCertificate && ca === undefined) throw new Error('Certificates of MLLP peers can be required only with the authorities that vouch for them');
  const identity = ca === undefined ? {} : { ca, requestCert: true, rejectUnauthorized: requireClientCertificate };
  return tls.createServer({ ...common, key, cert, ...identity, handshakeTimeout: HANDSHAKE_MS }, onConnection);
}

function reportFaults(server: net.Server, limits: MllpLimits, { onFault }: MllpHandlers): void {
  server.on('drop', (data) => onFault({
    kind: 'too-many-connections', peer: { address: data?.remoteAddress ?? '', certificate: undefined, name: undefined }, diagnostics: `All ${limits.connections} connections are taken: another one was closed`,
  }));
  server.on('tlsClientError', (cause: Error, socket: net.Socket) => onFault({ kind: 'tls', peer: { address: socket.remoteAddress ?? '', certificate: undefined, name: undefined }, diagnostics: 'A peer could not set up TLS', cause }));
}

async function listen(server: net.Server, { host, port }: MllpOptions, onFault: MllpHandlers['onFault']): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  server.on('error', (cause) => onFault({ kind: 'listener', peer: undefined, diagnostics: 'The MLLP listener failed', cause }));
}
