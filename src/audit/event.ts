/** Interactions by the action that a trace records; all others are operations. */
const ACTIONS: ReadonlyMap<string, Event['action']> = new Map([
  ...(['read', 'vread', 'history-instance', 'history-type', 'history-system'] as const).map((name) => [name, 'read'] as const),
  ['search-type', 'search'], ['intake-list', 'search'], ['terminology-read', 'search'], ['identity-read', 'search'], ['recognition-read', 'search'], ['figures-read', 'search'],
  ['create', 'create'], ['intake', 'create'], ['update', 'update'], ['delete', 'delete'],
]);

export function actionOf(interaction: string): Event['action'] {
  return ACTIONS.get(interaction) ?? 'operation';
}

/** What happened, as `traceOf` turns it into an AuditEvent after the IHE BALP patterns. */
export interface Event {
  readonly action: 'create' | 'read' | 'search' | 'update' | 'delete' | 'operation' | 'login';
  /** FHIR interaction or operation name: `vread`, `search-type`, `transaction`, `intake`, `replay`, `break-glass`… */
  readonly interaction: string;
  readonly outcome: 'success' | 'refused' | 'failed';
  /** Why it was refused or failed: an error's sentence, no patient data. */
  readonly reason?: string;
  /** `Observation/o1` of everything touched by a write or a read; a search names the patients and its query instead. */
  readonly resources?: readonly string[];
  /** `Patient/p1`, every patient concerned. */
  readonly patients?: readonly string[];
  /** The query as the caller wrote it, `Observation?patient=p1&category=laboratory`. */
  readonly query?: string;
  readonly breakGlass?: { readonly reason: string };
}
