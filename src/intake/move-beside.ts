import { z } from 'zod';
import { resourceOf } from '../fhir/body.ts';
import { parseReference } from '../fhir/references.ts';
import type { ResourceKey } from '../fhir/resource.ts';
import { referenceTo } from '../fhir/resource.ts';
import { commitOnce } from '../commit-once.ts';
import type { Services } from '../services.ts';
import type { Change, PutBeside, Store, Stored } from '../store/store.ts';
import { markOf } from './mark.ts';
import { FACTS_TYPE, STATEMENT_TYPE } from './records.ts';

/** Records moved at a time. */
const PAGE = 100;

const factsSchema = z.object({ about: z.string(), stamps: z.unknown(), elements: z.unknown() });
const statementSchema = z.object({ message: z.string(), received: z.string(), tie: z.string().default(''), about: z.array(z.string()) });

/**
 * Moves beside the records what former versions kept as records of their own: which message spoke of a record last, and by which
 * messages its elements are known. Does nothing where there are none. To be called before the first message is taken in; gateways
 * that start together share the work.
 */
export async function moveBeside(services: Services): Promise<void> {
  const facts = await moveAll(services, FACTS_TYPE, ({ body }) => {
    const { about, stamps, elements } = factsSchema.parse(JSON.parse(body));
    const text = JSON.stringify({ stamps, elements });
    return [[about, (before) => ({ note: { replaces: before?.note, text } })]];
  });
  const statements = await moveAll(services, STATEMENT_TYPE, ({ body }) => {
    const { message, received, tie, about } = statementSchema.parse(JSON.parse(body));
    const mark = markOf({ at: Date.parse(received), tie, id: message });
    return about.map((reference) => [reference, () => ({ mark })]);
  });
  if (facts + statements > 0) services.log.info({ facts, statements }, 'what was told of records now stands beside them');
}

type Told = readonly [reference: string, beside: (before: Stored['beside']) => PutBeside];

/** Takes page after page from the front, until there is none: what another gateway has taken is simply gone. */
async function moveAll({ store }: Services, type: string, read: (stored: Stored) => readonly Told[]): Promise<number> {
  for (let moved = 0; ;) {
    const { items } = await store.search({ type, where: [], sort: [], limit: PAGE });
    if (items.length === 0) return moved;
    // At once, so that they share transactions. The greatest mark stays, whichever is put last, and a record has its facts once.
    const done = await Promise.all(items.map((item) => moveOne(store, item, read(item))));
    moved += done.filter(Boolean).length;
  }
}

async function moveOne(store: Store, item: Stored, told: readonly Told[]): Promise<boolean> {
  const keys = told.flatMap(([reference]) => keyOf(reference) ?? []);
  const records = new Map((await store.readMany(keys)).filter(({ deleted }) => !deleted).map((record) => [referenceTo(record), record]));
  const puts = told.flatMap(([reference, besideOf]): Change[] => {
    const record = records.get(reference);
    return record === undefined ? [] : [{ kind: 'put', resource: { ...resourceOf(record.body), id: record.id }, expectedVersion: record.version, beside: besideOf(record.beside) }];
  });
  return commitOnce({ store }, [...puts, { kind: 'delete', key: item, expectedVersion: item.version, erases: true }]);
}

function keyOf(reference: string): ResourceKey | undefined {
  const parsed = parseReference(reference);
  return parsed.kind === 'relative' ? { type: parsed.type, id: parsed.id } : undefined;
}
