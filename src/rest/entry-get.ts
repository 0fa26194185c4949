import type { Caller } from '../access/index.ts';
import type { Services } from '../services.ts';
import type { Answer } from './answer.ts';
import type { BundleContext } from './batch.ts';
import type { EntryRequest } from './entry-request.ts';
import { history } from './history.ts';
import { refused } from './incoming.ts';
import { read } from './read.ts';
import { search } from './search.ts';
import { vread } from './vread.ts';

/**
 * Answers a GET within a bundle: read, vread, history or search.
 * @throws ServiceError as these do; 'not-supported' for another address
 */
export function answerGet(services: Services, caller: Caller, request: EntryRequest, { base, preference }: BundleContext): Promise<Answer> {
  const { path, query, conditions, at } = request;
  const [type, id, word, version, ...rest] = path;
  if (type === '_history' && id === undefined) return history(services, caller, { query, base });
  if (type !== undefined && rest.length === 0) {
    if (id === undefined) return search(services, caller, { type, query, base, handling: preference.handling });
    if (id === '_history' && word === undefined) return history(services, caller, { type, query, base });
    if (word === undefined) return read(services, caller, { type, id }, conditions);
    if (word === '_history' && version === undefined) return history(services, caller, { type, id, query, base });
    if (word === '_history' && version !== undefined) return vread(services, caller, { type, id }, version);
  }
  throw refused('not-supported', 'not-supported', 'Within a bundle, GET offers read, vread, history and search by type', `${at}.request.url`);
}
