import { Client, type Connection, Message } from 'node-hl7-client';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { acknowledge } from '../../../src/normalize/hl7v2/acknowledge.ts';
import { encodeText } from '../../../src/normalize/hl7v2/charset.ts';
import { decodeV2 } from '../../../src/normalize/hl7v2/decode.ts';
import { parseV2 } from '../../../src/normalize/hl7v2/parse.ts';
import { type MllpServer, startMllp } from '../../../src/intake/mllp/server.ts';
import { issue } from './certificates.ts';

const authority = issue('Test District CA');
const server = issue('localhost', authority);
const hospital = issue('hospital-a', authority);
const until = vi.waitFor;

const open: { server: MllpServer; client: Client; connection: Connection }[] = [];
afterEach(async () => {
  for (const { server: listening, connection } of open.splice(0)) {
    await connection.close();
    await listening.stop(0);
  }
});

/** A listener that accepts what names a patient, and a client of another maker that sends to it. */
async function connect(secure: boolean): Promise<{ received: string[]; answers: string[]; send: (id: number, patient: string) => Promise<void> }> {
  const received: string[] = [];
  const answers: string[] = [];
  const listening = await startMllp({
    host: '127.0.0.1', port: 0, limits: { frameBytes: 1_000_000, connections: 10, idleMs: 10_000, frameMs: 10_000, unreadAcknowledgementMs: 10_000 },
    ...(secure ? { tls: { key: server.key, cert: server.cert, ca: authority.cert, requireClientCertificate: true } } : {}),
  }, {
    receive: (frame) => {
      const { text, charset } = decodeV2(frame);
      const message = parseV2(text, undefined, charset);
      const patient = message.segments[1]?.text(5) ?? '';
      received.push(`${message.controlId} ${patient}`);
      const answer = patient === '' ? { code: 'AE', errors: [{ location: 'PID[1]-5', issueCode: 'required', severity: 'E', text: 'PID-5 is empty' }] } as const : { code: 'AA' } as const;
      return Promise.resolve(encodeText(acknowledge(message.header, answer, { controlId: `ACK-${message.controlId}`, now: new Date(0), offset: '+08:00' }), charset));
    },
    refuse: () => undefined,
    lease: () => ({ cover: () => Promise.resolve(), end: () => undefined }),
    onFault: () => undefined,
  });
  const client = new Client({ host: 'localhost', ...(secure ? { tls: { ca: authority.cert, key: hospital.key, cert: hospital.cert } } : {}) });
  const connection = client.createConnection({ port: listening.port }, (response) => {
    const message = response.getMessage();
    answers.push([message.get('MSA.1').toString(), message.get('MSA.2').toString(), message.get('MSH.5').toString(), message.get('ERR.8').toString()].join(' ').trim());
  });
  open.push({ server: listening, client, connection });
  const send = (id: number, patient: string): Promise<void> => connection.sendMessage(new Message({ text: `MSH|^~\\&|LIS|H|HIE|D|20260301080000||ADT^A08^ADT_A01|M${id}|P|2.5|||||CHN|UNICODE UTF-8\rPID|1||7||${patient}` }));
  return { received, answers, send };
}

describe.each([['plain TCP', false], ['TLS with its certificate', true]])('a client of another maker over %s', (_, secure) => {
  it('sends messages and reads their acknowledgements', async () => {
    const { received, answers, send } = await connect(secure);
    await send(1, '张^三');
    await until(() => expect(answers).toEqual(['AA M1 LIS']));
    await send(2, '');
    await until(() => expect(answers).toEqual(['AA M1 LIS', 'AE M2 LIS PID-5 is empty']));
    for (let id = 3; id <= 20; id += 1) {
      await send(id, '李^四');
      // It sends the next one only once it has the answer to the last.
      await until(() => expect(answers).toHaveLength(id));
    }
    expect(received.slice(0, 3)).toEqual(['M1 张', 'M2 ', 'M3 李']);
    expect(received).toHaveLength(20);
  });
});
