import { z } from 'zod';
import { MAX_PAGE_SIZE } from '../fhir/search/query.ts';
import type { ResourceKey } from '../fhir/resource.ts';
import { referenceTo } from '../fhir/resource.ts';
import type { Services } from '../services.ts';
import { MESSAGE_SYSTEM } from './provenance.ts';
import type { SourceMessage } from './records.ts';

const provenanceSchema = z.object({
  target: z.array(z.object({ reference: z.string() })),
  entity: z.array(z.object({ what: z.object({ identifier: z.object({ system: z.literal(MESSAGE_SYSTEM), value: z.string() }) }) })),
});

/**
 * Which resources another message, received later or at the same instant, has written: a message that is processed again
 * leaves them alone.
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
        { kind: 'date', param: 'when', anyOf: [{ prefix: 'ge', low: received, high: received }] },
      ],
      sort: [],
      limit: MAX_PAGE_SIZE,
      ...(after === undefined ? {} : { after }),
    });
    for (const item of page.items) {
      // A source may send Provenance too: only what the intake wrote tells of messages.
      const written = provenanceSchema.safeParse(JSON.parse(item.body));
      if (!written.success || written.data.entity.some(({ what }) => what.identifier.value === message.id)) continue;
      for (const { reference } of written.data.target) superseded.add(reference);
    }
    after = page.next;
  } while (after !== undefined);
  return new Set(keys.map(referenceTo).filter((reference) => superseded.has(reference)));
}
