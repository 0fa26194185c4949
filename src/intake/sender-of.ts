import type { Actor } from '../access/index.ts';
import type { SourceMessage } from './records.ts';

/** Whoever sent a message is named in the trace of what it brought, whenever that happens. */
export function senderOf({ source, sentBy }: SourceMessage): Actor {
  return { role: 'source', source, name: undefined, facility: undefined, scopes: [], purpose: 'TREAT', breakGlass: undefined, ...sentBy };
}
