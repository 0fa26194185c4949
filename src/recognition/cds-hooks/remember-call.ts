import { isServiceError } from '../../errors.ts';
import { derivedId } from '../../fhir/derived-id.ts';
import type { Clause } from '../../fhir/search/query.ts';
import type { Services } from '../../services.ts';
import { CALL_TYPE } from './call.ts';

/** `until`: epoch ms from which the token is refused for its age anyway. */
export interface Call { readonly issuer: string; readonly jti: string; readonly until: number }

const HOUR_MS = 3_600_000;
const SWEEP_EVERY_MS = 10 * 60_000;
/** What was left while no gateway ran is found for so long. */
const HOURS_SWEPT = 168;
const PAGE = 200;

const swept = new WeakMap<Services['store'], number>();

/** @returns false for a token whose id was used before, at whichever gateway */
export async function rememberCall(services: Services, { issuer, jti, until }: Call): Promise<boolean> {
  try {
    const resource = { resourceType: CALL_TYPE, id: derivedId('cds-call', issuer, jti), hour: hourOf(until) };
    await services.store.commit([{ kind: 'put', resource, expectedVersion: 0 }]);
  } catch (error) {
    if (isServiceError(error, 'version-conflict')) return false;
    throw error;
  }
  const now = services.clock().getTime();
  if (now - (swept.get(services.store) ?? 0) >= SWEEP_EVERY_MS) {
    swept.set(services.store, now);
    // Nobody waits for it, and what it leaves now it finds the next time.
    sweepCalls(services).catch((error: unknown) => services.log.error({ err: error }, 'forgetting used tokens of CDS clients failed'));
  }
  return true;
}

/** Forgets tokens that have expired. @returns how many */
export async function sweepCalls({ store, clock }: Pick<Services, 'store' | 'clock'>): Promise<number> {
  const now = clock().getTime();
  const past: Clause = { kind: 'token', param: 'hour', anyOf: Array.from({ length: HOURS_SWEPT }, (_, hours) => ({ code: hourOf(now - (hours + 1) * HOUR_MS) })) };
  for (let count = 0; ; ) {
    const { items } = await store.search({ type: CALL_TYPE, where: [past], sort: [], limit: PAGE });
    if (items.length === 0) return count;
    await store.commit(items.map(({ id }) => ({ kind: 'delete', key: { type: CALL_TYPE, id }, erases: true })));
    count += items.length;
  }
}

function hourOf(at: number): string {
  return new Date(at).toISOString().slice(0, 13);
}
