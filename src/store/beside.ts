import { ServiceError } from '../errors.ts';
import type { Beside, PutBeside } from './store.ts';

/**
 * What stands beside a resource after a put of it: for every adapter the same.
 *
 * @param standing what stands there now
 * @param overwrites the reference of a resource that is there and would become another one, undefined where nothing is overwritten
 * @returns undefined where nothing changes
 * @throws ServiceError 'conflict' for a mark that another is greater than; 'version-conflict' for a note that is not the one expected
 */
export function besideAfter(put: PutBeside | undefined, standing: Beside | undefined, overwrites: string | undefined): Beside | undefined {
  if (put === undefined) return undefined;
  const { mark, note } = put;
  if (note !== undefined && note.replaces !== standing?.note) throw new ServiceError('version-conflict', `The note beside ${overwrites ?? 'the resource'} is not the one expected`);
  if (overwrites !== undefined && mark !== undefined && standing?.mark !== undefined && standing.mark > mark) throw new ServiceError('conflict', `${overwrites} has a later mark than this change`);
  const after = { mark: greatest(standing?.mark, mark), note: note?.text ?? standing?.note };
  if (after.mark === standing?.mark && after.note === standing?.note) return undefined;
  return { ...(after.mark === undefined ? {} : { mark: after.mark }), ...(after.note === undefined ? {} : { note: after.note }) };
}

function greatest(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a > b ? a : b;
}
