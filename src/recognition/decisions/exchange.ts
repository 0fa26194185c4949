import { theExchange } from '../../audit/index.ts';

/** The exchange itself, in decisions and traces of what it does without being asked. */
export const EXCHANGE = theExchange('recognition');
