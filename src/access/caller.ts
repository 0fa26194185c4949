/** Who asks, as the token and the request say. Made by `http/authenticate`, read by use cases, written into every trace. */
export interface Caller {
  readonly role: Role;
  /** `sub` of the token: a user id, a system id, or the source's id. */
  readonly subject: string;
  /** Display name from the token, for the trace. */
  readonly name: string | undefined;
  /** The sending system that a `source` caller is. */
  readonly source: string | undefined;
  /** Institution where a clinician, or a manager, works now: logical id of its Organization. */
  readonly facility: string | undefined;
  readonly scopes: readonly string[];
  /** Why, as a code of the v3 PurposeOfUse value set: TREAT unless the request says otherwise. */
  readonly purpose: string;
  /** Present when this request breaks the glass. */
  readonly breakGlass: { readonly reason: string } | undefined;
  /** Of this request, also in the response header `X-Request-Id`. */
  readonly requestId: string;
  /** Network address of the client. */
  readonly address: string;
}

/** A `manager` reads the figures of the consortium, or, with a `facility`, opens those of one institution down to the records. */
export const ROLES = ['source', 'clinician', 'auditor', 'operator', 'manager', 'system'] as const;
export type Role = (typeof ROLES)[number];

/** Who acts, as a trace records it: a caller, or somebody who did not prove to be one. */
export type Actor = Omit<Caller, 'role'> & { readonly role: Role | 'unknown' };
