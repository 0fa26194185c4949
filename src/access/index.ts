/**
 * The one decision point: no route and no operation without `authorize`.
 * Limits are part of the query, never a filter after it.
 */
import type { Clause } from '../fhir/search/query.ts';
import type { Services } from '../services.ts';
import type { Caller } from './caller.ts';

export type { Caller, Role } from './caller.ts';
export { ROLES } from './caller.ts';

/** What a caller wants to do, in the words of FHIR interactions. */
export interface AccessRequest {
  readonly action:
    | 'read' | 'vread' | 'history-instance' | 'history-type' | 'history-system' | 'search-type'
    | 'create' | 'update' | 'delete' | 'validate' | 'batch' | 'transaction'
    | 'intake' | 'intake-list' | 'intake-replay' | 'intake-review';
  /** Resource type of a FHIR interaction. */
  readonly type?: string;
  /** Logical id for an instance. */
  readonly id?: string;
  /** Logical ids of the patients the request names or the resource is about. */
  readonly patients?: readonly string[];
  /** The source an intake request names. */
  readonly source?: string;
  /** Text of the query, for the trace of a denial. */
  readonly query?: string;
}

export interface Permit {
  /** Joined to the query by AND. */
  readonly limits: readonly Clause[];
  /** Set when the permit rests on a broken glass: the trace must carry it. */
  readonly breakGlass: { readonly reason: string } | undefined;
}

export type Authorize = (services: Services, caller: Caller, request: AccessRequest) => Promise<Permit>;
