import { textOf } from '../fhir/resource.ts';

/** Statuses of a report and of a result that does not hold. */
export const GONE: ReadonlySet<string> = new Set(['cancelled', 'entered-in-error']);

export function isGone(status: unknown): boolean {
  return GONE.has(textOf(status));
}
