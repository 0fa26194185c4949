import type { Caller, Role } from '../../src/access/caller.ts';
import { DEFAULT_SCOPES } from '../../src/access/tokens.ts';

/** A caller as the embedded issuer's token of that role makes it. */
export function callerAs(role: Role, changes: Partial<Caller> = {}): Caller {
  return {
    role,
    subject: `${role}-1`,
    name: undefined,
    source: role === 'source' ? 'hospital-a-lis' : undefined,
    facility: role === 'clinician' ? 'hospital-a' : undefined,
    scopes: DEFAULT_SCOPES[role],
    purpose: 'TREAT',
    breakGlass: undefined,
    requestId: 'request-1',
    address: '192.0.2.7',
    ...changes,
  };
}
