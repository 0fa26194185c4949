import type { Caller } from '../../access/index.ts';
import { traceChange } from '../../audit/index.ts';
import { derivedId } from '../../fhir/derived-id.ts';
import type { Services } from '../../services.ts';
import type { SourceMessage } from '../records.ts';
import { hourOf } from './hours.ts';

/** Internal type of the record that a message came again, however often, in one hour. */
export const REPEAT_TYPE = 'SourceRepeat';

/**
 * Writes down that a message came again which has its answer, and its trace. A sender that repeats itself without end
 * makes one record an hour.
 */
export async function recordRepeat(services: Services, caller: Caller, { id, source }: Pick<SourceMessage, 'id' | 'source'>): Promise<void> {
  const hour = hourOf(services.clock().getTime());
  await services.store.commit([
    { kind: 'put', resource: { resourceType: REPEAT_TYPE, id: derivedId(REPEAT_TYPE, id, hour), source, message: id, hour } },
    traceChange(services, caller, { action: 'operation', interaction: 'intake-repeat', outcome: 'success' }),
  ]);
}
