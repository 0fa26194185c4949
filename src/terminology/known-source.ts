import { ServiceError } from '../errors.ts';
import type { Services } from '../services.ts';

/** A source that is described, or that codes are kept for. @throws ServiceError 'not-found' */
export function requireKnownSource({ sources, codes }: Pick<Services, 'sources' | 'codes'>, source: string): void {
  if (!sources.has(source) && !codes.sources.has(source)) throw new ServiceError('not-found', `There is no source ${source.slice(0, 64)}; sources are described in profiles/sources`);
}
