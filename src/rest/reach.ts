import { resourceOf } from '../fhir/body.ts';
import { referenceTo } from '../fhir/resource.ts';
import type { ResourceKey } from '../fhir/resource.ts';
import type { Inclusion, SearchRequest } from '../fhir/search/parse.ts';
import type { Services } from '../services.ts';
import { pagesOf } from '../store/search-all.ts';
import type { Stored } from '../store/store.ts';

export type Wishes = Pick<SearchRequest, 'includes' | 'revincludes'>;
type Batches = AsyncGenerator<readonly Stored[], undefined>;

/** Resources fetched at one time along one rule. */
const BATCH = 200;

/** What lies one step away along both kinds of inclusion, in batches, the rules side by side. One resource may come several times. */
export async function* reach(services: Services, { includes, revincludes }: Wishes, from: readonly Stored[]): AsyncGenerator<readonly Stored[]> {
  let ways: readonly Batches[] = [referred(services, includes, from), ...revincludes.map((rule) => referring(services, rule, from))];
  while (ways.length > 0) {
    const steps = await Promise.all(ways.map((way) => way.next()));
    yield steps.flatMap(({ value = [] }) => value.filter((stored) => !stored.deleted));
    ways = ways.filter((_, place) => steps[place]?.done !== true);
  }
}

/** What the resources refer to. */
async function* referred(services: Services, includes: readonly Inclusion[], from: readonly Stored[]): Batches {
  const keys = referredKeys(services, includes, from);
  for (let start = 0; start < keys.length; start += BATCH) yield await services.store.readMany(keys.slice(start, start + BATCH));
  return undefined;
}

function referredKeys(services: Services, includes: readonly Inclusion[], from: readonly Stored[]): readonly ResourceKey[] {
  const keys = new Map<string, ResourceKey>();
  for (const stored of from) {
    const rules = includes.filter((rule) => rule.type === stored.type);
    if (rules.length === 0) continue;
    for (const { param, type, id } of services.fhir.extractTerms(resourceOf(stored.body)).reference) {
      const isWanted = rules.some((rule) => rule.param === param && (rule.target === undefined || rule.target === type));
      if (isWanted && services.fhir.isResourceType(type)) keys.set(referenceTo({ type, id }), { type, id });
    }
  }
  return [...keys.values()];
}

/** What refers to the resources. */
async function* referring({ store }: Services, { type, param, target }: Inclusion, from: readonly Stored[]): Batches {
  const anyOf = from.filter((stored) => target === undefined || stored.type === target).map((stored) => ({ type: stored.type, id: stored.id }));
  if (anyOf.length === 0) return undefined;
  yield* pagesOf(store, { type, where: [{ kind: 'reference', param, anyOf }], limit: BATCH });
  return undefined;
}
