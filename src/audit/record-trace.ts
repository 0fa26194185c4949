import type { Actor } from '../access/index.ts';
import type { Services } from '../services.ts';
import type { Change } from '../store/store.ts';
import type { Event } from './event.ts';
import { traceOf } from './trace.ts';

/** The write that appends the trace of an event: for the commit of what it speaks of. */
export function traceChange({ clock, newId }: Pick<Services, 'clock' | 'newId'>, actor: Actor, event: Event): Change {
  return { kind: 'append', trace: traceOf(actor, event, { now: clock(), id: newId() }) };
}

/** Appends the trace of an event to this process's chain and waits until it is durable. @throws ServiceError 'unavailable', 'storage-full' */
export async function recordTrace(services: Services, actor: Actor, event: Event): Promise<void> {
  await services.store.commit([traceChange(services, actor, event)]);
}
