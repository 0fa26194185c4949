import { disclosable } from '../access/index.ts';
import type { Caller, Disclosure, Permit } from '../access/index.ts';
import { referenceTo } from '../fhir/resource.ts';
import type { Services } from '../services.ts';
import type { Stored } from '../store/store.ts';
import { reach } from './reach.ts';
import type { Wishes } from './reach.ts';
import { patientsIn } from './stored-resource.ts';

/** Resources beside the matches of a page. */
export interface Included {
  readonly items: readonly Stored[];
  /** Logical ids of the patients that they are about. */
  readonly patients: readonly string[];
  /** True when there may be more. */
  readonly isCut: boolean;
}

/** For whom a page is made. */
interface Asking { readonly caller: Caller; readonly permit: Permit }

const NOTHING: Included = { items: [], patients: [], isCut: false };

/** Steps that `:iterate` goes away from the matches. */
const MAX_STEPS = 4;
/** Resources looked at for each one that may be included: some are not for the eyes of this caller. */
const LOOKED_AT_FOR_ONE = 10;

/**
 * What `_include` and `_revinclude` add to a page: only what the caller may see by itself, or what the broken glass covers.
 * @see https://hl7.org/fhir/R4/search.html#include
 */
export async function includeResources(services: Services, asking: Asking, wishes: Wishes, matches: readonly Stored[]): Promise<Included> {
  if (wishes.includes.length + wishes.revincludes.length === 0) return NOTHING;
  const items: Stored[] = [];
  const patients = new Set<string>();
  for await (const found of walk(services, asking, wishes, matches)) {
    if (found === undefined || items.length === services.config.limits.includes) return { items, patients: [...patients], isCut: true };
    items.push(found.stored);
    found.patients.forEach((id) => patients.add(id));
  }
  return { items, patients: [...patients], isCut: false };
}

type Candidate = Disclosure & { readonly stored: Stored };

/** Goes on from the matches, step by step, to what may be disclosed, each resource once. Ends with undefined where it gives up looking for more. */
async function* walk(services: Services, { caller, permit }: Asking, wishes: Wishes, matches: readonly Stored[]): AsyncGenerator<Candidate | undefined> {
  const seen = new Set(matches.map(referenceTo));
  const mostSeen = seen.size + services.config.limits.includes * LOOKED_AT_FOR_ONE;
  let from = matches;
  let rules = wishes;
  for (let step = 0; from.length > 0 && rules.includes.length + rules.revincludes.length > 0; step++) {
    if (step === MAX_STEPS) {
      yield undefined;
      return;
    }
    const added: Stored[] = [];
    for await (const found of reach(services, rules, from)) {
      const fresh = [...new Map(found.map((stored) => [referenceTo(stored), stored])).entries()].filter(([reference]) => !seen.has(reference));
      fresh.forEach(([reference]) => seen.add(reference));
      const candidates = fresh.map(([, stored]) => ({ type: stored.type, patients: patientsIn(services, stored), stored }));
      for (const allowed of await disclosable(services, caller, permit, candidates)) {
        added.push(allowed.stored);
        yield allowed;
      }
      if (seen.size > mostSeen) {
        yield undefined;
        return;
      }
    }
    from = added;
    rules = { includes: wishes.includes.filter((rule) => rule.iterate), revincludes: wishes.revincludes.filter((rule) => rule.iterate) };
  }
}
