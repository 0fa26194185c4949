import type { Caller } from '../access/index.ts';
import { traceChange } from '../audit/index.ts';
import { isOvertaken } from '../errors.ts';
import type { Services } from '../services.ts';
import type { Change } from '../store/store.ts';
import type { Revision } from '../revision.ts';
import { RECOGNITION_REVISION } from './recognition-revision.ts';

/** Two people who decide at one moment; more of them do not. */
const TRIES = 20;

/** What a decision about the catalogue or a certificate writes. */
export interface Planned<T> {
  readonly result: T;
  readonly changes: readonly Change[];
  /** References of what is written, for the trace. */
  readonly resources: readonly string[];
  /** Whether something else holds from now on, so that every gateway must look. */
  readonly changesWhatHolds: boolean;
}

/**
 * Decides over what is stored, and again when somebody else was faster. The decision holds here at once, and elsewhere a
 * moment later.
 *
 * @param interaction for the trace; @param plan judges over what is stored now
 */
export async function commitDecision<T>(services: Services, caller: Caller, interaction: string, plan: (revision: Revision) => Promise<Planned<T>>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const revision = await RECOGNITION_REVISION.read(services.store);
    // What is judged by the tables is judged by those of now.
    await services.recognition.refresh(services.store);
    const { result, changes, resources, changesWhatHolds } = await plan(revision);
    try {
      await services.store.commit([
        ...changes,
        ...(changesWhatHolds ? [RECOGNITION_REVISION.next(revision)] : []),
        traceChange(services, caller, { action: 'update', interaction, outcome: 'success', resources }),
      ]);
      if (changesWhatHolds) await services.recognition.refresh(services.store);
      return result;
    } catch (error) {
      if (attempt === TRIES || !isOvertaken(error)) throw error;
    }
  }
}
