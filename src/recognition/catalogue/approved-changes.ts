import { clausesOf, type RecordFilter } from '../../record-terms.ts';
import { searchAll } from '../../store/search-all.ts';
import type { Store, Stored } from '../../store/store.ts';
import type { AppliedChange } from './apply-changes.ts';
import { appliedOf, CHANGE_TYPE, parseChange } from './catalogue-change.ts';

/** All approved changes, the last proposed first. */
export async function approvedChanges(store: Pick<Store, 'search'>): Promise<readonly AppliedChange[]> {
  return (await allOf(store, CHANGE_TYPE, { status: 'approved' })).map(({ body }) => appliedOf(parseChange(body)));
}

/** All records of a type that a filter leaves, whatever their number. */
export function allOf(store: Pick<Store, 'search'>, type: string, filter: RecordFilter): Promise<readonly Stored[]> {
  return searchAll(store, { type, where: clausesOf(filter) });
}
