import type { EntryRequest } from './entry-request.ts';
import type { Attempt } from './trace-failure.ts';

const WRITES = { POST: 'create', PUT: 'update', DELETE: 'delete' } as const;

type Interaction = 'create' | 'update' | 'delete' | 'read' | 'vread' | 'history-instance' | 'history-type' | 'history-system' | 'search-type';

/** The interaction that an entry of a bundle asks for; undefined for an address that has none. */
export function interactionOf({ method, path }: Pick<EntryRequest, 'method' | 'path'>): Interaction | undefined {
  if (method !== 'GET') return WRITES[method];
  const [type, id, word, version, ...rest] = path;
  if (type === undefined || rest.length > 0) return undefined;
  if (type === '_history') return id === undefined ? 'history-system' : undefined;
  if (id === undefined) return 'search-type';
  if (id === '_history') return word === undefined ? 'history-type' : undefined;
  if (word === undefined) return 'read';
  if (word !== '_history') return undefined;
  return version === undefined ? 'history-instance' : 'vread';
}

/** What an entry asks for, for the trace of its failure. */
export function attemptOf(request: EntryRequest): Attempt {
  const { path: [type = '', id = ''], query } = request;
  return { interaction: interactionOf(request) ?? 'operation', type, id, query };
}
