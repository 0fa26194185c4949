import path from 'node:path';
import type { Server } from 'node:http';
import { startSigning } from './audit/index.ts';
import { buildApp } from './app.ts';
import type { Config } from './config.ts';
import { traceCountedRefusals } from './http/authenticate.ts';
import { createServer } from './http/server.ts';
import { startIdentity } from './identity/start-identity.ts';
import type { MllpChannel } from './intake/index.ts';
import { moveBeside, registerSources, startDeliveries, startHousekeeping, startMllpChannel, startResuming } from './intake/index.ts';
import { openServices, PROFILES_DIR } from './open-services.ts';
import { startDecisions } from './recognition/decisions/index.ts';
import { registerIndicators } from './recognition/figures/measures.ts';
import { registerFileCertificates, startRecognition } from './recognition/index.ts';
import { startRepeats } from './recognition/repeats/start-repeats.ts';
import { startTerminology } from './terminology/index.ts';
import type { Services } from './services.ts';
import { listenFault, mllpFault, requireDeliveries } from './start-faults.ts';

/** A gateway that accepts requests. */
export interface Gateway {
  readonly url: string;
  /** Where HL7 v2 is taken in over MLLP; undefined: nowhere. */
  readonly mllpPort: number | undefined;
  readonly services: Services;
  /** Refuses new requests, finishes those under way, traces what is counted, signs the audit heads and closes the store. */
  stop(): Promise<void>;
}

/** Requests still under way after this long are cut off; what they were told is durable, the rest was not acknowledged. */
const DRAIN_MS = 8_000;

/**
 * Starts a gateway: listens, and does at intervals what nobody asks for: finishes what is left in the inbox, signs audit heads,
 * maps and matches anew, looks after the sources, takes in deliveries.
 *
 * @param isFirst false for a further process of one machine: what only one of them need do, the first does
 */
export async function serve(config: Config, writer: string, isFirst = true): Promise<Gateway> {
  await requireDeliveries(config);
  const services = await openServices(config, writer);
  try {
    await moveBeside(services);
    await registerSources(services);
    await registerFileCertificates(services);
    await registerIndicators(services, path.join(PROFILES_DIR, 'indicators'));
    const server = await listen(services);
    const mllp = await startMllp(services);
    const signing = startSigning(services);
    const atWork = [
      startResuming(services), startTerminology(services), startIdentity(services), startHousekeeping(services),
      startRecognition(services), startDecisions(services), startRepeats(services),
      ...(isFirst && config.deliveriesDir !== undefined ? [startDeliveries(services, config.deliveriesDir)] : []),
    ];
    return {
      url: urlOf(server, config.host),
      mllpPort: mllp?.port,
      services,
      stop: async () => {
        await Promise.all([drain(server), mllp?.stop()]);
        await Promise.all(atWork.map((work) => work.stop()));
        await traceCountedRefusals(services);
        await signing.stop();
        await services.store.close();
      },
    };
  } catch (error) {
    await services.store.close();
    throw error;
  }
}

function listen(services: Services): Promise<Server> {
  const { host, port } = services.config;
  return new Promise((resolve, reject) => {
    const server = createServer(buildApp(services)).listen(port, host);
    server.once('listening', () => resolve(server));
    server.once('error', (error) => reject(listenFault(error, services.config)));
  });
}

async function startMllp(services: Services): Promise<MllpChannel | undefined> {
  const { mllp } = services.config;
  try {
    return mllp === undefined ? undefined : await startMllpChannel(services, mllp);
  } catch (error) {
    throw mllpFault(error, services.config);
  }
}

function drain(server: Server): Promise<void> {
  const cutOff = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  return new Promise((resolve) => {
    server.close(() => {
      clearTimeout(cutOff);
      resolve();
    });
    server.closeIdleConnections();
  });
}

function urlOf(server: Server, host: string): string {
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
