import { resourceOf } from '../fhir/body.ts';
import { referencesOf } from '../fhir/references.ts';
import type { ResourceKey } from '../fhir/resource.ts';
import { referenceTo, textOf } from '../fhir/resource.ts';
import { NO_ENTRY } from '../normalize/index.ts';
import type { Services } from '../services.ts';
import type { Change, Stored } from '../store/store.ts';
import type { Speaker } from './mark.ts';
import { markOf } from './mark.ts';
import type { EntryResult } from './plan-entries.ts';
import { isSpokenOfLater } from './plan-entries.ts';
import type { PreparedEntry } from './prepare-message.ts';

const RESULT = 'Observation';
/** Statuses of a report and of a result that does not hold. */
const GONE: ReadonlySet<string> = new Set(['cancelled', 'entered-in-error']);

/** What cancelled reports mean for their results. */
export interface ResultsCancelled {
  /** The entries, with the results that belong to a cancelled report in its status. */
  readonly entries: readonly PreparedEntry[];
  /** Writes of stored results, and what became of each. */
  readonly changes: readonly Change[];
  readonly results: readonly EntryResult[];
}

/**
 * A laboratory that cancels a report (OBR-25 `X`) need not send its results again: none of them holds any more, whether it came
 * before the cancellation, with it, or after it because it was overtaken. One that a later message told stays. A report that
 * comes as FHIR says itself what becomes of its results.
 */
export async function cancelResults({ store }: Pick<Services, 'store'>, entries: readonly PreparedEntry[], speaker: Speaker): Promise<ResultsCancelled> {
  const statuses = new Map(entries.filter(isCancelledReport).flatMap(({ resource }) => resultsOf(resource).map((reference) => [reference, textOf(resource['status'])] as const)));
  if (statuses.size === 0) return { entries, changes: [], results: [] };
  const inMessage = new Set(entries.map(({ resource }) => referenceTo(keyOf(resource))));
  const others = [...statuses.keys()].filter((reference) => !inMessage.has(reference)).map((reference) => ({ type: RESULT, id: reference.slice(RESULT.length + 1) }));
  const mark = markOf(speaker);
  const stored = others.length === 0 ? [] : (await store.readMany(others)).filter((item) => !item.deleted && !isSpokenOfLater(item, { ...speaker, mark }));
  const cancelled = stored.flatMap((item) => cancelledResult(item, statuses.get(referenceTo(item)), mark));
  return {
    entries: entries.map((entry) => {
      const status = statuses.get(referenceTo(keyOf(entry.resource)));
      return status === undefined || isGone(entry.resource['status']) ? entry : { ...entry, resource: { ...entry.resource, status } };
    }),
    changes: cancelled.map(({ change }) => change),
    // They belong to no entry, and their new version has its Provenance all the same.
    results: cancelled.map(({ result }) => result),
  };
}

function isCancelledReport({ resource, contribution }: PreparedEntry): boolean {
  return contribution !== undefined && resource.resourceType === 'DiagnosticReport' && isGone(resource['status']);
}

function resultsOf(report: PreparedEntry['resource']): readonly string[] {
  return referencesOf(report).filter(({ path }) => path.startsWith('DiagnosticReport.result[')).map(({ reference }) => reference);
}

function cancelledResult({ type, id, version, body, beside }: Stored, status: string | undefined, mark: string): readonly { readonly change: Change; readonly result: EntryResult }[] {
  const resource = resourceOf(body);
  if (status === undefined || isGone(resource['status'])) return [];
  return [{
    change: { kind: 'put', resource: { ...resource, id, status }, expectedVersion: version, beside: { mark, note: { replaces: beside?.note } } },
    result: { index: NO_ENTRY, key: { type, id }, outcome: 'updated', version: version + 1 },
  }];
}

function isGone(status: unknown): boolean {
  return GONE.has(textOf(status));
}

function keyOf({ resourceType, id }: PreparedEntry['resource']): ResourceKey {
  return { type: resourceType, id };
}
