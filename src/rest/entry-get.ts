import type { Caller } from '../access/index.ts';
import type { Services } from '../services.ts';
import type { Answer } from './answer.ts';
import type { BundleContext } from './batch.ts';
import { interactionOf } from './entry-interaction.ts';
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
  const { path: [type = '', id = '', , version = ''], query, conditions, at } = request;
  switch (interactionOf(request)) {
    case 'read': return read(services, caller, { type, id, query }, conditions);
    case 'vread': return vread(services, caller, { type, id, query }, version);
    case 'search-type': return search(services, caller, { type, query, base, handling: preference.handling });
    case 'history-instance': return history(services, caller, { type, id, query, base });
    case 'history-type': return history(services, caller, { type, query, base });
    case 'history-system': return history(services, caller, { query, base });
    default: throw refused('not-supported', 'not-supported', 'Within a bundle, GET offers read, vread, history and search by type', `${at}.request.url`);
  }
}
