import { ServiceError } from '../errors.ts';

/** A filter that takes some words only. @throws ServiceError 'malformed' */
export function oneOf<T extends string>(name: string, sent: string | undefined, known: readonly T[]): T | undefined {
  const found = known.find((one) => one === sent);
  if (found !== sent) throw new ServiceError('malformed', `${name} may be ${known.join(', ')}`);
  return found;
}
