/**
 * What each channel takes in on the embedded store, with everything on: HL7 v2 results over MLLP, beside the bare parser.
 * Run alone: `node bench/channels.ts [--seconds 8]`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { parseV2 } from '../src/normalize/hl7v2/parse.ts';
import { readV2 } from '../src/normalize/hl7v2/read-message.ts';
import type { Figure } from './load.ts';
import { measureMllp } from './mllp-load.ts';
import { oru } from './oru.ts';
import { startServer } from './process.ts';

export interface ChannelFigures {
  /** Messages a second that the parser and the mapping do alone, in this process. */
  readonly parsed: number;
  readonly mapped: number;
  /** Result messages of ten observations, each waiting for its acknowledgement, on four connections. */
  readonly mllp: Figure;
  readonly residentMb: number;
}

const CONNECTIONS = 4;

export async function measureChannels({ folder, seconds }: { readonly folder: string; readonly seconds: number }): Promise<ChannelFigures> {
  const port = await freePort();
  const server = await startServer('src/main.ts', { BUND_STORE: `sqlite:${path.join(folder, 'channels.db')}`, BUND_PORT: '0', BUND_MLLP_PORT: String(port), BUND_LOG: 'error' });
  // Patients and visits are known from the first round on, as they are in a hospital.
  await measureMllp({ port, connections: CONNECTIONS, seconds: seconds / 2, message: oru });
  const mllp = await measureMllp({ port, connections: CONNECTIONS, seconds, message: (n) => oru(1_000_000 + n) });
  const residentMb = server.residentMb();
  await server.stop();
  const sender = { id: 'hospital-b', patientNumberSystem: 'https://bund.example/sources/hospital-b/patient-number', offset: '+08:00', organization: { id: 'pubin', uscc: '' } };
  return { parsed: perSecond((n) => parseV2(oru(n)).segments.length), mapped: perSecond((n) => readV2(parseV2(oru(n)), sender).entries.length), mllp, residentMb };
}

function perSecond(work: (n: number) => unknown): number {
  for (let n = 0; n < 2_000; n++) work(n);
  const started = performance.now();
  const count = 5_000;
  for (let n = 0; n < count; n++) work(n);
  return count / ((performance.now() - started) / 1000);
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { seconds: { type: 'string', default: '8' } } });
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bund-bench-channels-'));
  try {
    console.log(await measureChannels({ folder, seconds: Number(values.seconds) }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
