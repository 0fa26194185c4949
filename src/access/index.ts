/** The one decision point: no route and no operation without `authorize`. */
export { authorize, disclosable, type Disclosure } from './authorize.ts';
export { type Actor, type Caller, type Role, ROLES } from './caller.ts';
export { FailedLogins } from './failed-logins.ts';
export { auditKeyFile, memoryKeys, openKeys, readAuditKey } from './keys.ts';
export { patientBindingOf } from './patient-binding.ts';
export { DEFAULT_PURPOSE, isPurpose } from './purposes.ts';
export type { AccessRequest, Action, BrokenGlass, Permit } from './request.ts';
export { TokenCache } from './token-cache.ts';
export { DEFAULT_SCOPES, type Identity, issueToken, type VerifiedToken, verifyToken } from './tokens.ts';
