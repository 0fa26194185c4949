import { z } from 'zod';
import { MAX_PAGE_SIZE } from '../fhir/search/query.ts';
import type { ResourceKey } from '../fhir/resource.ts';
import { referenceTo } from '../fhir/resource.ts';
import type { Services } from '../services.ts';
import type { SourceMessage } from './records.ts';

const provenanceSchema = z.object({ target: z.array(z.object({ reference: z.string() })) });

/**
 * Which resources a message received later has written: a message that is processed again leaves them alone.
 *
 * @returns references
 */
export async function findSuperseded({ store }: Services, message: SourceMessage, keys: readonly ResourceKey[]): Promise<ReadonlySet<string>> {
  const received = Date.parse(message.receivedAt);
  const superseded = new Set<string>();
  let after: string | undefined;
  do {
    const page = await store.search({
      type: 'Provenance',
      where: [
        { kind: 'reference', param: 'target', anyOf: [...keys] },
        { kind: 'date', param: 'when', anyOf: [{ prefix: 'gt', low: received, high: received }] },
      ],
      sort: [],
      limit: MAX_PAGE_SIZE,
      ...(after === undefined ? {} : { after }),
    });
    for (const item of page.items) {
      for (const { reference } of provenanceSchema.parse(JSON.parse(item.body)).target) superseded.add(reference);
    }
    after = page.next;
  } while (after !== undefined);
  return new Set(keys.map(referenceTo).filter((reference) => superseded.has(reference)));
}
