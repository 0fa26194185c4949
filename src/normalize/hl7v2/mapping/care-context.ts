import type { Draft } from './draft.ts';
import type { Subject } from './patient.ts';

/** Whose records a part of a message holds, and of which visit. */
export interface CareContext {
  readonly subject: Subject;
  readonly encounter: Draft | undefined;
  /** Name of the visit, else of the patient, for what has no number of its own; '' where neither is named. */
  readonly belongsTo: string;
}
