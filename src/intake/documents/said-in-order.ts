import { instantOfMark } from '../mark.ts';
import type { DocumentVersions } from './find-versions.ts';

/**
 * When a document counts as said: behind those that it replaces and before those that replace it, also where the clocks of
 * who made them, or a time that tells the day alone, say otherwise.
 *
 * @param saidAt instant
 */
export function saidInOrder(saidAt: string, { older, newer }: DocumentVersions): string {
  const instants = (documents: DocumentVersions['older']): readonly number[] => documents.flatMap(({ mark }) => (mark === undefined ? [] : [instantOfMark(mark)]));
  const said = Date.parse(saidAt);
  const at = Math.min(Math.max(said, ...instants(older).map((instant) => instant + 1)), ...instants(newer).map((instant) => instant - 1));
  return at === said || Number.isNaN(said) ? saidAt : new Date(at).toISOString();
}
