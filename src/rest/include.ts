import { disclosable } from '../access/index.ts';
import type { Caller, Permit } from '../access/index.ts';
import { referenceTo } from '../fhir/resource.ts';
import type { ResourceKey } from '../fhir/resource.ts';
import type { Inclusion, SearchRequest } from '../fhir/search/parse.ts';
import { MAX_PAGE_SIZE } from '../fhir/search/query.ts';
import type { Services } from '../services.ts';
import type { Stored } from '../store/store.ts';
import { parseStored, patientsIn } from './stored-resource.ts';

/** Resources beside the matches of a page. */
export interface Included {
  readonly items: readonly Stored[];
  /** Logical ids of the patients that they are about. */
  readonly patients: readonly string[];
  /** True when there would be more than the limit. */
  readonly isCut: boolean;
}

type Wishes = Pick<SearchRequest, 'includes' | 'revincludes'>;

/** Steps that `:iterate` goes away from the matches. */
const MAX_STEPS = 4;

/**
 * What `_include` and `_revinclude` add to a page: only what the caller may see by itself, or what the broken glass covers.
 * @see https://hl7.org/fhir/R4/search.html#include
 */
export async function includeResources(services: Services, asking: { readonly caller: Caller; readonly permit: Permit }, wishes: Wishes, matches: readonly Stored[]): Promise<Included> {
  const limit = services.config.limits.includes;
  const seen = new Set(matches.map(referenceTo));
  const items: Stored[] = [];
  const patients = new Set<string>();
  let from = matches;
  let rules = wishes;
  for (let step = 0; step < MAX_STEPS && from.length > 0 && hasRules(rules); step++) {
    const reached = await reach(services, rules, from, limit + 1);
    const fresh = reached.filter((stored) => !seen.has(referenceTo(stored)));
    fresh.forEach((stored) => seen.add(referenceTo(stored)));
    const candidates = fresh.map((stored) => ({ type: stored.type, patients: patientsIn(services, stored), stored }));
    const allowed = await disclosable(services, asking.caller, asking.permit, candidates);
    if (items.length + allowed.length > limit) return { items: [...items, ...allowed.slice(0, limit - items.length).map(({ stored }) => stored)], patients: [...patients, ...allowed.flatMap((item) => item.patients)], isCut: true };
    from = allowed.map(({ stored }) => stored);
    items.push(...from);
    allowed.forEach((item) => item.patients.forEach((id) => patients.add(id)));
    rules = { includes: wishes.includes.filter((rule) => rule.iterate), revincludes: wishes.revincludes.filter((rule) => rule.iterate) };
  }
  return { items, patients: [...patients], isCut: false };
}

function hasRules({ includes, revincludes }: Wishes): boolean {
  return includes.length + revincludes.length > 0;
}

/** One step away, along both kinds of inclusion; the same resource only once. */
async function reach(services: Services, { includes, revincludes }: Wishes, from: readonly Stored[], limit: number): Promise<readonly Stored[]> {
  const keys = referredKeys(services, includes, from);
  const referred = keys.length === 0 ? [] : await services.store.readMany(keys.slice(0, limit));
  const referring = await Promise.all(revincludes.map((rule) => findReferring(services, rule, from, limit)));
  const all = [...referred, ...referring.flat()].filter((stored) => !stored.deleted);
  return [...new Map(all.map((stored) => [referenceTo(stored), stored])).values()];
}

function referredKeys(services: Services, includes: readonly Inclusion[], from: readonly Stored[]): readonly ResourceKey[] {
  const keys = new Map<string, ResourceKey>();
  for (const stored of from) {
    const rules = includes.filter((rule) => rule.type === stored.type);
    if (rules.length === 0) continue;
    for (const { param, type, id } of services.fhir.extractTerms(parseStored(stored)).reference) {
      const isWanted = rules.some((rule) => rule.param === param && (rule.target === undefined || rule.target === type));
      if (isWanted && services.fhir.isResourceType(type)) keys.set(referenceTo({ type, id }), { type, id });
    }
  }
  return [...keys.values()];
}

async function findReferring(services: Services, { type, param, target }: Inclusion, from: readonly Stored[], limit: number): Promise<readonly Stored[]> {
  const anyOf = from.filter((stored) => target === undefined || stored.type === target).map((stored) => ({ type: stored.type, id: stored.id }));
  if (anyOf.length === 0) return [];
  const found: Stored[] = [];
  let after: string | undefined;
  do {
    const page = await services.store.search({ type, where: [{ kind: 'reference', param, anyOf }], sort: [], limit: Math.min(limit - found.length, MAX_PAGE_SIZE), ...(after === undefined ? {} : { after }) });
    found.push(...page.items);
    after = page.next;
  } while (after !== undefined && found.length < limit);
  return found;
}
