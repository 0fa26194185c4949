import { resourceOf } from '../fhir/body.ts';
import type { Resource } from '../fhir/resource.ts';
import { isList, isObject, referenceTo, textOf } from '../fhir/resource.ts';
import type { Fault } from '../normalize/index.ts';
import { deriveId, faultAt, withOrigin } from '../normalize/index.ts';
import type { Services } from '../services.ts';
import type { Stored } from '../store/store.ts';
import type { KnownRecords } from './known-records.ts';
import { leadReferences } from './lead-references.ts';
import type { Speaker } from './mark.ts';
import { markOf } from './mark.ts';
import { isSpokenOfLater } from './plan-entries.ts';
import type { PreparedEntry, PreparedMessage } from './prepare-message.ts';
import { acceptEntries } from './prepare-message.ts';
import type { Source } from './source.ts';

const RESULT = 'Observation';
const SENTENCE = 'The report holds several results of this test that only their order tells apart, and this message brings some of them: give each a sub-id (OBX-4), or send all of them again';
/** A report that repeats a test more often than this has sub-ids. */
const MOST_OCCURRENCES = 24;

/** A message with its results led to those that they mean, and what is known of those. */
export interface Meant { readonly message: PreparedMessage; readonly known: KnownRecords }

/**
 * Where a report repeats a test without sub-ids (OBX-4), as a tolerance test does, the first, the second and so on are known by
 * their order, so that one of them alone would be taken for the first. It means the one of its time; where that does not tell
 * which, it is a fault.
 */
export async function whichResult(services: Services, source: Source, message: PreparedMessage, { known, speaker }: { readonly known: KnownRecords; readonly speaker: Speaker }): Promise<Meant> {
  const parts = message.kind === 'hl7v2' ? await partsOfSets(services, source, message.accepted, { known, speaker }) : [];
  if (parts.length === 0) return { message, known };
  const meant = new Map<PreparedEntry, Stored>();
  const faults: Fault[] = [];
  for (const { entry, same, others, isAlone } of parts) {
    const time = textOf(entry.resource['effectiveDateTime']);
    const ofTime = time === '' ? [] : [same, ...others].filter((item) => timeOf(item) === time);
    const [only] = ofTime;
    if (ofTime.length !== 1 || only === undefined || (only !== same && !isAlone)) faults.push(withOrigin(faultAt(entry.index, 'multiple-matches', `${entry.at}.identifier`, SENTENCE), entry));
    else if (only !== same) meant.set(entry, only);
  }
  const accepted = ledTo(services, message.accepted, meant);
  const led = { ...message, accepted };
  return {
    message: faults.length === 0 ? led : { ...led, ...await acceptEntries(services, message.kind, accepted, [...message.faults, ...faults]) },
    known: new Map([...known, ...[...meant.values()].map((item) => [referenceTo(item), item] as const)]),
  };
}

/** A result that would change a stored one, which is of a set that the message does not hold as a whole. */
interface Part { readonly entry: PreparedEntry; readonly same: Stored; readonly others: readonly Stored[]; /** The only one of its set in the message. */ readonly isAlone: boolean }

async function partsOfSets({ store }: Services, source: Source, accepted: readonly PreparedEntry[], { known, speaker }: { readonly known: KnownRecords; readonly speaker: Speaker }): Promise<readonly Part[]> {
  const mark = markOf(speaker);
  const inMessage = new Set(accepted.map(({ resource }) => nameOf(resource)));
  const keyOf = (name: string): { type: string; id: string } => ({ type: RESULT, id: deriveId(source.id, RESULT, { kind: 'identifier', value: name }) });
  const told = accepted.flatMap((entry) => {
    const name = nameOf(entry.resource);
    const same = entry.resource.resourceType === RESULT ? known.get(referenceTo({ type: RESULT, id: entry.resource.id })) : undefined;
    // A message that was overtaken changes nothing, whichever it means.
    if (name === undefined || same?.deleted !== false || isSpokenOfLater(same, { ...speaker, mark })) return [];
    return [{ entry, name, same, next: keyOf(followerOf(name, inMessage)) }];
  });
  if (told.length === 0) return [];
  const followed = new Set((await store.readMany(told.map(({ next }) => next))).filter(({ deleted }) => !deleted).map(({ id }) => id));
  const parts: Part[] = [];
  for (const { entry, name, same, next } of told) {
    if (!followed.has(next.id)) continue;
    const others = await store.readMany(Array.from({ length: MOST_OCCURRENCES - 1 }, (_, at) => keyOf(`${name}/${at + 2}`)));
    parts.push({ entry, same, others: others.filter(({ deleted }) => !deleted), isAlone: !inMessage.has(`${name}/2`) });
  }
  return parts;
}

/** The first of its name that the message does not hold: `…/2` for a result that comes alone. */
function followerOf(name: string, inMessage: ReadonlySet<string | undefined>): string {
  let occurrence = 2;
  while (inMessage.has(`${name}/${occurrence}`)) occurrence += 1;
  return `${name}/${occurrence}`;
}

function ledTo({ fhir }: Services, entries: readonly PreparedEntry[], meant: ReadonlyMap<PreparedEntry, Stored>): readonly PreparedEntry[] {
  if (meant.size === 0) return entries;
  const leading = new Map([...meant].map(([{ resource: { id } }, item]) => [referenceTo({ type: RESULT, id }), referenceTo(item)]));
  return entries.map((entry) => {
    const led = leadReferences(entry, leading, fhir.definitions);
    const item = meant.get(entry);
    // Its name is part of what it says.
    return item === undefined ? led : { ...led, resource: { ...led.resource, id: item.id, identifier: resourceOf(item.body)['identifier'] ?? [] } };
  });
}

function timeOf({ body }: Stored): string {
  return textOf(resourceOf(body)['effectiveDateTime']);
}

function nameOf(resource: Resource): string | undefined {
  const [first] = isList(resource['identifier']) ? resource['identifier'] : [];
  return isObject(first) ? `${textOf(first['system'])}|${textOf(first['value'])}` : undefined;
}
