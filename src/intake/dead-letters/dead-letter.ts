import { z } from 'zod';
import { derivedId } from '../../fhir/derived-id.ts';
import type { Resource } from '../../fhir/resource.ts';
import type { Change } from '../../store/store.ts';
import type { Reason } from './reason.ts';
import { reasonKey, reasonSchema } from './reason.ts';

/** Internal type of the record of one reason for which messages of one source were refused. How many are is counted, not kept. */
export const DEAD_LETTER_TYPE = 'DeadLetter';

const schema = z.object({ source: z.string(), reason: reasonSchema });
export type DeadLetter = z.infer<typeof schema>;

/**
 * The writes that make sure of the record of each reason. It says nothing that could change, so that whoever meets the
 * reason again writes nothing, needs to read nothing and meets nobody; the store's own time tells when it was first seen.
 */
export function deadLetterChanges(source: string, reasons: readonly Reason[]): Change[] {
  return reasons.map((reason) => {
    const resource: Resource & { readonly id: string } = { resourceType: DEAD_LETTER_TYPE, id: derivedId(DEAD_LETTER_TYPE, source, reasonKey(reason)), source, reason };
    return { kind: 'put', resource };
  });
}

/** @param body a stored DeadLetter, JSON text */
export function parseDeadLetter(body: string): DeadLetter {
  return schema.parse(JSON.parse(body));
}
