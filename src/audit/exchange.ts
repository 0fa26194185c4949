import type { Actor } from '../access/index.ts';

/**
 * The exchange itself, in the traces of what it does without being asked.
 *
 * @param requestId names the work, where no request does; @param purpose a code as in `Caller.purpose`
 */
export function theExchange(requestId: string, purpose = 'HOPERAT'): Actor {
  return { role: 'system', subject: 'bund', name: 'Bund', source: undefined, facility: undefined, scopes: [], purpose, breakGlass: undefined, requestId, address: '127.0.0.1' };
}
