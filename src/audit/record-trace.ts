import type { Actor } from '../access/index.ts';
import type { Services } from '../services.ts';
import type { Change } from '../store/store.ts';
import type { Event } from './event.ts';
import { traceOf } from './trace.ts';

/** The write that appends the trace of an event: for the commit of what it speaks of. */
export function traceChange({ clock, newId }: Pick<Services, 'clock' | 'newId'>, actor: Actor, event: Event): Change {
  return { kind: 'append', trace: traceOf(actor, event, { now: clock(), id: newId() }) };
}

/** Resources, or patients, that one trace names: a document of a store has its limit. */
const NAMED_PER_TRACE = 1_000;

/** As `traceChange`, cut into several traces where the event names more than one can hold; at least one. */
export function traceChanges(services: Pick<Services, 'clock' | 'newId'>, actor: Actor, event: Event & Required<Pick<Event, 'resources' | 'patients'>>): Change[] {
  const { resources, patients } = event;
  const parts = Math.max(1, Math.ceil(Math.max(resources.length, patients.length) / NAMED_PER_TRACE));
  return Array.from({ length: parts }, (_, part) => {
    const slice = (list: readonly string[]): readonly string[] => list.slice(part * NAMED_PER_TRACE, (part + 1) * NAMED_PER_TRACE);
    return traceChange(services, actor, { ...event, resources: slice(resources), patients: slice(patients) });
  });
}

/** Appends the trace of an event to this process's chain and waits until it is durable. @throws ServiceError 'unavailable', 'storage-full' */
export async function recordTrace(services: Services, actor: Actor, event: Event): Promise<void> {
  await services.store.commit([traceChange(services, actor, event)]);
}
