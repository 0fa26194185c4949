import { ServiceError } from '../errors.ts';
import type { Services } from '../services.ts';
import type { Source } from './source.ts';

/** @throws ServiceError 'not-found' */
export function sourceOf({ sources }: Services, id: string): Source {
  const source = sources.get(id);
  if (source === undefined) throw new ServiceError('not-found', `There is no source ${id.slice(0, 64)}; sources are described in profiles/sources`);
  return source;
}
