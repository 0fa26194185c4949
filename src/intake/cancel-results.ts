import { resourceOf } from '../fhir/body.ts';
import { referencesOf } from '../fhir/references.ts';
import type { Resource, ResourceKey } from '../fhir/resource.ts';
import { referenceTo, textOf } from '../fhir/resource.ts';
import type { Facts, Stamp } from '../normalize/index.ts';
import { compareStamps } from '../normalize/index.ts';
import type { Services } from '../services.ts';
import type { Stored } from '../store/store.ts';
import type { Consequences, Rewrite } from './consequences.ts';
import { consequencesOf } from './consequences.ts';
import { parseFacts } from './facts.ts';
import { GONE, isGone } from './gone.ts';
import type { Speaker } from './mark.ts';
import { markOf } from './mark.ts';
import { isSpokenOfLater } from './plan-entries.ts';
import type { PreparedEntry } from './prepare-message.ts';

const RESULT = 'Observation';
const REPORT = 'DiagnosticReport';

/**
 * A laboratory that cancels a report (OBR-25 `X`) need not send its results again: none of them holds any more, whether it came
 * before the cancellation, with it, or after it because it was overtaken, also where the report has been issued anew since. One
 * that a message later than the cancellation told stays. A report that comes as FHIR says itself what becomes of its results.
 */
export async function cancelResults({ store }: Pick<Services, 'store'>, entries: readonly PreparedEntry[], speaker: Speaker): Promise<Consequences> {
  const statuses = new Map<string, string>();
  const cancelledNow = new Set<string>();
  for (const { resource, note } of entries) {
    const cancellation = note === undefined || resource.resourceType !== REPORT ? undefined : cancellationIn(note.text, textOf(resource['status']));
    if (cancellation === undefined || isBefore(cancellation, speaker)) continue;
    for (const reference of resultsOf(resource)) {
      statuses.set(reference, cancellation.status);
      if (cancellation.at === speaker.at && cancellation.tie === speaker.tie) cancelledNow.add(reference);
    }
  }
  if (statuses.size === 0) return consequencesOf(entries);
  const inMessage = new Set(entries.map(({ resource }) => referenceTo(keyOf(resource))));
  const others = [...cancelledNow].filter((reference) => !inMessage.has(reference)).map((reference) => ({ type: RESULT, id: reference.slice(RESULT.length + 1) }));
  const mark = markOf(speaker);
  const stored = others.length === 0 ? [] : (await store.readMany(others)).filter((item) => !item.deleted && !isSpokenOfLater(item, { ...speaker, mark }));
  return consequencesOf(entries.map((entry) => {
    const status = statuses.get(referenceTo(keyOf(entry.resource)));
    return status === undefined || isGone(entry.resource['status']) ? entry : { ...entry, resource: { ...entry.resource, status } };
  }), stored.flatMap((item) => cancelledResult(item, statuses.get(referenceTo(item)), mark)));
}

interface Cancellation extends Stamp { readonly status: string }

/** Path of a fact beside a report: when it was last said that none of its results holds. No element has it. */
const factOf = (status: string): string => `result.${status}`;

/**
 * Remembers a cancellation beside the report, which may be issued anew before all that was said of it has come.
 *
 * @param said the report as the message tells it
 */
export function withCancellation(facts: Facts, said: Resource, stamp: Stamp): Facts {
  if (said.resourceType !== REPORT || !isGone(said['status'])) return facts;
  const path = factOf(textOf(said['status']));
  const known = facts.get(path);
  return known !== undefined && compareStamps(known, stamp) >= 0 ? facts : new Map([...facts, [path, stamp]]);
}

/**
 * The last one: what is remembered, or what the report says still, since not all that were cancelled have a note of it.
 *
 * @param note as `factsNote` wrote it; @param standing status of the report
 */
function cancellationIn(note: string, standing: string): Cancellation | undefined {
  if (!isGone(standing) && ![...GONE].some((status) => note.includes(JSON.stringify(factOf(status))))) return undefined;
  const facts = parseFacts(note);
  const remembered = [...GONE].map((status) => ({ status, fact: facts.get(factOf(status)) }));
  const cancellations = [...remembered, ...isGone(standing) ? [{ status: standing, fact: facts.get('status') }] : []].flatMap(({ status, fact }): Cancellation[] => (fact === undefined ? [] : [{ ...fact, status }]));
  return cancellations.sort(compareStamps).at(-1);
}

function isBefore({ at, tie }: Cancellation, speaker: Speaker): boolean {
  return at < speaker.at || (at === speaker.at && tie < speaker.tie);
}

function resultsOf(report: PreparedEntry['resource']): readonly string[] {
  return referencesOf(report).filter(({ path }) => path.startsWith('DiagnosticReport.result[')).map(({ reference }) => reference);
}

function cancelledResult(stored: Stored, status: string | undefined, mark: string): readonly Rewrite[] {
  const resource = resourceOf(stored.body);
  if (status === undefined || isGone(resource['status'])) return [];
  return [{ stored, resource: { ...resource, status }, beside: { mark, note: { replaces: stored.beside?.note } } }];
}

function keyOf({ resourceType, id }: PreparedEntry['resource']): ResourceKey {
  return { type: resourceType, id };
}
