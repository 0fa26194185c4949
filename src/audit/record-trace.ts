import type { Actor } from '../access/index.ts';
import type { Services } from '../services.ts';
import type { Event } from './event.ts';
import { traceOf } from './trace.ts';

/** Appends the trace of an event to this process's chain and waits until it is durable. @throws ServiceError 'unavailable', 'storage-full' */
export async function recordTrace(services: Services, actor: Actor, event: Event): Promise<void> {
  const trace = traceOf(actor, event, { now: services.clock(), id: services.newId() });
  await services.store.commit([{ kind: 'append', trace }]);
}
