import { hash } from 'node:crypto';
import { referenceTo } from '../../fhir/resource.ts';
import type { ResourceKey } from '../../fhir/resource.ts';

/**
 * Types whose resources often name several patients. Theirs are spread over many shard key values; of any other type the
 * few that name several share one. A type missing here costs balance, never a result.
 */
const OFTEN_OF_MANY = new Set(['AuditEvent', 'Person', 'Group', 'Provenance', 'Appointment', 'Account']);
const SPREAD = 64;

/**
 * The shard key: hashed, it decides the shard. A resource of one patient lives with that patient's record, one of none by its
 * own key, one of several in a place that `homesOf` knows without knowing the resource.
 */
export function homeOf(key: ResourceKey, patients: readonly string[]): string {
  const [only, another] = patients;
  if (only === undefined) return referenceTo(key);
  return another === undefined ? only : sharedHome(key.type, bucketOf(key.id));
}

/** Every home that a resource of the type which names one of these patients can have. */
export function homesOf(type: string, patients: readonly string[]): readonly string[] {
  const buckets = OFTEN_OF_MANY.has(type) ? SPREAD : 1;
  return [...patients, ...Array.from({ length: buckets }, (_, bucket) => sharedHome(type, bucket))];
}

function sharedHome(type: string, bucket: number): string {
  return `${type}//${OFTEN_OF_MANY.has(type) ? bucket : 0}`;
}

function bucketOf(id: string): number {
  return Number.parseInt(hash('sha256', id).slice(0, 8), 16) % SPREAD;
}
