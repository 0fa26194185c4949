import type { Actor } from '../../access/index.ts';

/** The exchange itself, in decisions and traces of what it does without being asked. */
export const EXCHANGE: Actor = {
  role: 'system', subject: 'bund', name: 'Bund', source: undefined, facility: undefined, scopes: [], purpose: 'HOPERAT', breakGlass: undefined, requestId: 'recognition', address: '127.0.0.1',
};
