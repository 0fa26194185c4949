import type { Caller } from '../access/index.ts';
import { traceChanges } from '../audit/index.ts';
import { isServiceError, ServiceError } from '../errors.ts';
import { referenceTo } from '../fhir/resource.ts';
import type { ResourceKey } from '../fhir/resource.ts';
import { meetingNamesOf, personChanges } from '../identity/index.ts';
import { inLine } from '../in-line.ts';
import type { Services } from '../services.ts';
import type { Assumption, Change, Stored } from '../store/store.ts';
import { patientsIn } from './stored-resource.ts';
import type { Target } from './target.ts';

/** One write, checked and ready. */
export interface Write {
  readonly action: Target['action'];
  readonly key: ResourceKey;
  readonly change: Extract<Change, { kind: 'put' | 'delete' }>;
  /** Logical ids of the patients it concerns. */
  readonly patients: readonly string[];
}

export interface WritePlan {
  /** FHIR interaction, for the trace. */
  readonly interaction: string;
  readonly writes: readonly Write[];
  /** What a conditional create found instead of writing; the caller is shown it. */
  readonly found: readonly Stored[];
  readonly assuming: readonly Assumption[];
}

const MAX_ATTEMPTS = 8;

/**
 * Commits the writes together with their traces and the links of the persons they concern: all or none.
 * @returns what was stored, in the order of the writes
 */
export function commitWrites(services: Services, caller: Caller, plan: WritePlan): Promise<readonly Stored[]> {
  return inLine(services, namesIn(plan), () => commitInLine(services, caller, plan));
}

/** What concurrent writers of the same persons would all write. */
function namesIn({ writes }: WritePlan): readonly string[] {
  return [...new Set(writes.flatMap(({ key, change }) => {
    if (key.type !== 'Patient') return [];
    return change.kind === 'put' ? meetingNamesOf(change.resource) : [key.id];
  }))];
}

async function commitInLine(services: Services, caller: Caller, plan: WritePlan): Promise<readonly Stored[]> {
  const ofPatients = plan.writes.filter(({ key }) => key.type === 'Patient');
  const persons = await personChanges(services, {
    written: ofPatients.flatMap(({ change }) => (change.kind === 'put' ? [change.resource] : [])),
    deleted: ofPatients.flatMap(({ change, key }) => (change.kind === 'delete' ? [key.id] : [])),
  });
  const traces = tracesOf(services, caller, plan);
  if (traces.length === 0) return [];
  const changes = [...plan.writes.map((write) => write.change), ...persons.changes, ...traces];
  const assuming = [...plan.assuming, ...persons.assuming];
  try {
    const stored = await services.store.commit(changes, assuming.length === 0 ? {} : { assuming });
    return stored.slice(0, plan.writes.length);
  } catch (error) {
    if (persons.changes.length > 0 && isServiceError(error, 'version-conflict') && (await areCurrent(services, plan.writes))) {
      throw new ServiceError('conflict', 'Another writer changed the same person', [], { cause: error });
    }
    throw error;
  }
}

/** True when the versions that the caller expected are current: then a version conflict is about a Person, and not the caller's. */
async function areCurrent({ store }: Services, writes: readonly Write[]): Promise<boolean> {
  for (const { key, change } of writes) {
    if (change.expectedVersion === undefined) continue;
    const current = await store.read(key);
    const version = current === undefined || (current.deleted && change.expectedVersion === 0) ? 0 : current.version;
    if (version !== change.expectedVersion) return false;
  }
  return true;
}

/**
 * Repeats an attempt whose assumptions another writer has broken in the meantime, each time on what is stored then.
 * @throws ServiceError 'conflict' when it is overtaken every time
 */
export async function repeatOnConflict<T>(attempt: () => Promise<T>): Promise<T> {
  for (let count = 1; ; count++) {
    try {
      return await attempt();
    } catch (error) {
      if (!isServiceError(error, 'conflict') || error.issues.length > 0) throw error;
      if (count === MAX_ATTEMPTS) throw new ServiceError('conflict', `Other writers changed the same resources during each of ${MAX_ATTEMPTS} attempts; repeat the request`, [], { cause: error });
    }
  }
}

function tracesOf(services: Services, caller: Caller, plan: WritePlan): Change[] {
  const touched: Touched[] = [
    ...plan.writes,
    ...plan.found.map((found) => ({ action: 'read', patients: patientsIn(services, found), key: found } as const)),
  ];
  return (['create', 'update', 'delete', 'read'] as const).flatMap((action) => {
    const same = touched.filter((item) => item.action === action);
    if (same.length === 0) return [];
    const patients = new Set(same.flatMap((item) => item.patients));
    return traceChanges(services, caller, {
      action, interaction: plan.interaction, outcome: 'success',
      resources: same.map((item) => referenceTo(item.key)),
      patients: [...patients].map((id) => referenceTo({ type: 'Patient', id })),
    });
  });
}

interface Touched { readonly action: Write['action'] | 'read'; readonly key: ResourceKey; readonly patients: readonly string[] }
