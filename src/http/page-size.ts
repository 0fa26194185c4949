import { ServiceError } from '../errors.ts';

const DEFAULT = 50;

/**
 * Entries of one page of a list, from its `_count`; a larger page than allowed is cut.
 * @throws ServiceError 'malformed'
 */
export function pageSizeOf(count: string | undefined, most: number): number {
  if (count === undefined) return Math.min(DEFAULT, most);
  if (!/^[1-9]\d*$/.test(count)) throw new ServiceError('malformed', '_count must be a whole number from 1 up', [{ severity: 'error', code: 'value', diagnostics: '_count must be a whole number from 1 up' }]);
  return Math.min(Number(count), most);
}
