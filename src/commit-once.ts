import { isOvertaken } from './errors.ts';
import type { Change, Store } from './store/store.ts';

/**
 * Commits what any gateway may do, and one will: where another was faster, nothing is left to do.
 *
 * @returns false where another was faster
 */
export async function commitOnce({ store }: { readonly store: Pick<Store, 'commit'> }, changes: readonly Change[]): Promise<boolean> {
  try {
    await store.commit(changes);
    return true;
  } catch (error) {
    if (!isOvertaken(error)) throw error;
    return false;
  }
}
