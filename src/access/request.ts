import type { Clause } from '../fhir/search/query.ts';
import type { Person } from '../identity/index.ts';

export type Action =
  | 'read' | 'vread' | 'history-instance' | 'history-type' | 'history-system' | 'search-type'
  | 'create' | 'update' | 'delete' | 'validate' | 'batch' | 'transaction'
  | 'intake' | 'intake-list' | 'intake-replay' | 'intake-review'
  | 'terminology-read' | 'terminology-propose' | 'terminology-approve'
  | 'identity-match' | 'identity-read' | 'identity-decide'
  | 'catalogue-read'
  | 'recognition-ask' | 'recognition-answer' | 'recognition-notices' | 'recognition-read' | 'recognition-propose' | 'recognition-approve' | 'figures-read';

/** What a caller wants to do, in the words of FHIR interactions. */
export interface AccessRequest {
  readonly action: Action;
  /** Resource type of a FHIR interaction. */
  readonly type?: string;
  /** Logical id for an instance. */
  readonly id?: string;
  /**
   * Logical ids of the patients the request names or the resource is about. Absent: a search that names no patient.
   * Empty: a patient was named and none was found, or the resource does not exist: a caller who needs a care relation
   * is told the same as for a patient of somebody else.
   */
  readonly patients?: readonly string[];
  /** The persons of these patients, where they have been looked up already. */
  readonly persons?: readonly Person[];
  /** The source an intake request names. */
  readonly source?: string;
  /** What a search asks for: its chains can tell about resources that it does not return. */
  readonly where?: readonly Clause[];
  /** Text of the query, for the trace of a denial. */
  readonly query?: string;
}

export interface Permit {
  /** Joined to the query by AND. */
  readonly limits: readonly Clause[];
  /** Set when the permit rests on a broken glass: the trace must carry it. */
  readonly breakGlass: BrokenGlass | undefined;
}

/** The record of one person, opened without a care relation. */
export interface BrokenGlass {
  readonly reason: string;
  /** Logical ids of all Patients of that person. */
  readonly patients: readonly string[];
}
