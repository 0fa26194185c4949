import tls from 'node:tls';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type MllpFault, type MllpOptions, type MllpPeer, type MllpServer, startMllp } from '../../../src/intake/mllp/server.ts';
import { issue } from './certificates.ts';
import { framed, RawPeer } from './raw-peer.ts';

const authority = issue('Test District CA');
const server = issue('localhost', authority);
const hospital = issue('hospital-a', authority);
const stranger = issue('hospital-a', issue('Another CA'));
const until = vi.waitFor;

const running: MllpServer[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop(0);
});

interface Listening { readonly port: number; readonly peers: MllpPeer[]; readonly faults: MllpFault[] }

async function listen(identity: Pick<NonNullable<MllpOptions['tls']>, 'ca' | 'requireClientCertificate'>): Promise<Listening> {
  const peers: MllpPeer[] = [];
  const faults: MllpFault[] = [];
  const listening = await startMllp({
    host: '127.0.0.1', port: 0, tls: { key: server.key, cert: server.cert, ...identity },
    limits: { frameBytes: 1_000_000, connections: 10, idleMs: 10_000, frameMs: 10_000, unreadAcknowledgementMs: 10_000 },
  }, {
    receive: (frame, peer) => {
      peers.push(peer);
      return Promise.resolve(frame);
    },
    refuse: () => undefined,
    lease: () => ({ cover: () => Promise.resolve(), end: () => undefined }),
    onFault: (fault) => faults.push(fault),
  });
  running.push(listening);
  return { port: listening.port, peers, faults };
}

function connect(port: number, options: tls.ConnectionOptions = {}): RawPeer {
  const peer = new RawPeer(tls.connect({ port, host: '127.0.0.1', servername: 'localhost', ca: authority.cert, ...options }));
  peer.send(framed('MSH|1'));
  return peer;
}

describe('a TLS connection', () => {
  it('says who is there, by a certificate that the authorities vouch for', async () => {
    const { port, peers } = await listen({ ca: authority.cert, requireClientCertificate: true });
    const peer = connect(port, hospital);
    await until(() => expect(peer.answers).toEqual(['MSH|1']));
    expect(peers).toEqual([{ address: '127.0.0.1', certificate: hospital.fingerprint, name: 'hospital-a' }]);
    peer.socket.destroy();
  });

  it('is refused without one, or with that of a stranger, where one is required', async () => {
    const { port, peers, faults } = await listen({ ca: authority.cert, requireClientCertificate: true });
    for (const options of [{}, stranger]) await connect(port, options).closed;
    await until(() => expect(faults.filter(({ kind }) => kind === 'tls')).toHaveLength(2));
    expect(peers).toEqual([]);
  });

  it('names nobody without one, or with that of a stranger, where one is asked for only', async () => {
    const { port, peers } = await listen({ ca: authority.cert, requireClientCertificate: false });
    for (const options of [{}, stranger]) {
      const peer = connect(port, options);
      await until(() => expect(peer.answers).toEqual(['MSH|1']));
      peer.socket.destroy();
    }
    const nobody = { address: '127.0.0.1', certificate: undefined, name: undefined };
    expect(peers).toEqual([nobody, nobody]);
  });

  it('is not set up by a peer that speaks none', async () => {
    const { port, faults } = await listen({ requireClientCertificate: false });
    const plain = RawPeer.connect(port);
    plain.send(framed('MSH|1'));
    await plain.closed;
    expect(faults.map(({ kind }) => kind)).toEqual(['tls']);
  });

  it('cannot require certificates that nobody vouches for, nor do with a broken key', async () => {
    await expect(listen({ requireClientCertificate: true })).rejects.toThrow('authorities');
    await expect(startMllp({ host: '127.0.0.1', port: 0, tls: { key: Buffer.from('x'), cert: server.cert, requireClientCertificate: false }, limits: { frameBytes: 1, connections: 1, idleMs: 1, frameMs: 10_000, unreadAcknowledgementMs: 1 } }, { receive: () => Promise.resolve(undefined), refuse: () => undefined, lease: () => ({ cover: () => Promise.resolve(), end: () => undefined }), onFault: () => undefined })).rejects.toThrow();
  });
});
