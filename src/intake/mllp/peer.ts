import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** Who is at the other end of a connection. */
export interface MllpPeer {
  readonly address: string;
  /** SHA-256 fingerprint of its certificate, in lower-case hex; undefined without a certificate that the authorities vouch for. */
  readonly certificate: string | undefined;
  /** Common name in that certificate. */
  readonly name: string | undefined;
}

/** Reads who is there once the connection is set up; an address that is gone by then is empty. */
export function peerOf(socket: Socket): MllpPeer {
  const address = (socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/, '');
  if (!(socket instanceof TLSSocket) || !socket.authorized) return { address, certificate: undefined, name: undefined };
  const certificate = socket.getPeerX509Certificate();
  const name = /^CN=(.+)$/m.exec(certificate?.subject ?? '')?.[1];
  return { address, certificate: certificate?.fingerprint256.replaceAll(':', '').toLowerCase(), name };
}
