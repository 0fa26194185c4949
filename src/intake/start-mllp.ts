import { readFile } from 'node:fs/promises';
import { bodyBudgetOf, BodyLease } from '../body-budget.ts';
import type { MllpConfig } from '../config.ts';
import type { Services } from '../services.ts';
import { v2Receiver } from './hl7v2/receive-v2.ts';
import type { MllpOptions } from './mllp/server.ts';
import { startMllp } from './mllp/server.ts';

/** HL7 v2 over MLLP, as a gateway takes it in. */
export interface MllpChannel {
  readonly port: number;
  /** Answers the messages under way, then closes. */
  stop(): Promise<void>;
}

/** Messages still under way after this long are not acknowledged; their senders send them again. */
const DRAIN_MS = 8_000;

/**
 * Listens for HL7 v2, as the configuration says.
 *
 * @throws Error of the system for a port that is taken, or a key or certificate that cannot be read
 */
export async function startMllpChannel(services: Services, config: MllpConfig): Promise<MllpChannel> {
  const { log } = services;
  const { mllpBytes, mllpConnections } = services.config.limits;
  const tls = await readTls(config);
  const receiver = v2Receiver(services);
  const budget = bodyBudgetOf(services);
  const limits = { frameBytes: mllpBytes, connections: mllpConnections, idleMs: config.idleMs, frameMs: config.frameMs, unreadAcknowledgementMs: config.unreadMs };
  const server = await startMllp({ host: services.config.host, port: config.port, limits, ...(tls === undefined ? {} : { tls }) }, {
    receive: receiver.receive,
    refuse: receiver.refuseOversize,
    lease: () => new BodyLease(budget),
    onFault: ({ kind, peer, diagnostics, cause }) => log.warn({ kind, peer: peer?.address, cause: cause instanceof Error ? cause.message : undefined }, diagnostics),
  });
  return {
    port: server.port,
    stop: async () => {
      await server.stop(DRAIN_MS);
      await receiver.flush();
    },
  };
}

async function readTls({ tls }: MllpConfig): Promise<MllpOptions['tls']> {
  if (tls === undefined) return undefined;
  const [key, cert] = await Promise.all([readFile(tls.keyFile), readFile(tls.certFile)]);
  return tls.caFile === undefined ? { key, cert, requireClientCertificate: false } : { key, cert, ca: await readFile(tls.caFile), requireClientCertificate: true };
}
