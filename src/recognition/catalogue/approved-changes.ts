import type { Clause } from '../../fhir/search/query.ts';
import { MAX_PAGE_SIZE } from '../../fhir/search/query.ts';
import type { Store, Stored } from '../../store/store.ts';
import type { AppliedChange } from './apply-changes.ts';
import { appliedOf, CHANGE_TYPE, parseChange } from './catalogue-change.ts';

/** All approved changes, the last proposed first. */
export async function approvedChanges(store: Pick<Store, 'search'>): Promise<readonly AppliedChange[]> {
  return (await allOf(store, CHANGE_TYPE, { status: 'approved' })).map(({ body }) => appliedOf(parseChange(body)));
}

/** Members of a record by which it is asked for; absent ones ask for nothing. */
export type RecordFilter = Readonly<Record<string, string | undefined>>;

export function clausesOf(filter: RecordFilter): readonly Clause[] {
  return Object.entries(filter).flatMap(([param, code]) => (code === undefined ? [] : [{ kind: 'token' as const, param, anyOf: [{ code }] }]));
}

/** All records of a type that a filter leaves, whatever their number. */
export async function allOf(store: Pick<Store, 'search'>, type: string, filter: RecordFilter): Promise<readonly Stored[]> {
  const found: Stored[] = [];
  let after: string | undefined;
  do {
    const page = await store.search({ type, where: clausesOf(filter), sort: [], limit: MAX_PAGE_SIZE, ...(after === undefined ? {} : { after }) });
    found.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return found;
}
