import { ServiceError, isServiceError } from '../errors.ts';
import type { ErrorKind } from '../errors.ts';
import type { Issue } from '../fhir/outcome.ts';
import { RESPONSES } from '../http/outcome.ts';

/** Where an entry stands in its Bundle: its number, and the same as FHIRPath. */
export interface EntryPlace { readonly index: number; readonly at: string }

/** Collects what is wrong with the entries of a transaction, so that its sender learns of every fault at once. */
export class EntryFaults {
  readonly #faults: { readonly index: number; readonly kind: ErrorKind; readonly issues: readonly Issue[] }[] = [];

  /** Runs a step for one entry; its faults are kept with the entry's place. Undefined when it failed. */
  async collect<T>({ index, at }: EntryPlace, step: () => T | Promise<T>): Promise<T | undefined> {
    try {
      return await step();
    } catch (error) {
      if (!isServiceError(error) || RESPONSES[error.kind].status >= 500 || error.kind === 'conflict') throw error;
      this.#faults.push({ index, kind: error.kind, issues: issuesAt(error, at) });
      return undefined;
    }
  }

  /** @throws ServiceError with the issues of all entries in their order, of the kind of the first, whichever step found them */
  throwIfAny(): void {
    const inOrder = this.#faults.toSorted((a, b) => a.index - b.index);
    const [first] = inOrder;
    if (first === undefined) return;
    const errors = inOrder.flatMap(({ issues }) => issues).filter((issue) => issue.severity === 'error' || issue.severity === 'fatal');
    throw new ServiceError(first.kind, 'The transaction was refused as a whole, nothing was stored', errors);
  }
}

/** The issues of an error, each with the place of its entry where it names none. */
export function issuesAt(error: ServiceError, at: string): readonly Issue[] {
  if (error.issues.length === 0) return [{ severity: 'error', code: RESPONSES[error.kind].code, diagnostics: error.message, expression: at }];
  return error.issues.map((issue) => ({ expression: at, ...issue }));
}
