import { resourceOf } from '../fhir/body.ts';
import type { Resource } from '../fhir/resource.ts';
import { isList, isObject, referenceTo, textOf } from '../fhir/resource.ts';
import type { Fault, MessageKind } from '../normalize/index.ts';
import { deriveId, faultAt, withOrigin } from '../normalize/index.ts';
import type { Services } from '../services.ts';
import type { Stored } from '../store/store.ts';
import type { KnownRecords } from './known-records.ts';
import type { Speaker } from './mark.ts';
import { markOf } from './mark.ts';
import { isSpokenOfLater } from './plan-entries.ts';
import type { PreparedEntry } from './prepare-message.ts';
import type { Source } from './source.ts';

const RESULT = 'Observation';
const SENTENCE = 'The report holds several results of this test that only their order tells apart, and this message brings some of them: give each a sub-id (OBX-4), or send all of them again';

/**
 * Faults of results that may be meant for another. Where a report repeats a test without sub-ids (OBX-4), as a tolerance test
 * does, the first, the second and so on are known by their order, so that one of them alone would be taken for the first.
 */
export async function ambiguousResults({ store }: Services, source: Source, { kind, accepted }: { readonly kind: MessageKind; readonly accepted: readonly PreparedEntry[] }, { known, speaker }: { readonly known: KnownRecords; readonly speaker: Speaker }): Promise<readonly Fault[]> {
  if (kind !== 'hl7v2') return [];
  const mark = markOf(speaker);
  const told = accepted.filter(({ resource }) => {
    const item = resource.resourceType === RESULT ? known.get(referenceTo({ type: RESULT, id: resource.id })) : undefined;
    // A message that was overtaken changes nothing, whichever it means.
    return item?.deleted === false && !isSpokenOfLater(item, { ...speaker, mark });
  });
  if (told.length === 0) return [];
  const inMessage = new Set(accepted.map(({ resource }) => nameOf(resource)));
  const next = told.flatMap((entry) => {
    const name = nameOf(entry.resource);
    return name === undefined ? [] : [{ entry, id: deriveId(source.id, RESULT, { kind: 'identifier', value: followerOf(name, inMessage) }) }];
  });
  const stored = new Map((await store.readMany(next.map(({ id }) => ({ type: RESULT, id })))).filter(({ deleted }) => !deleted).map((item) => [item.id, item]));
  return next.filter(({ entry, id }) => isAmbiguous(entry.resource, known.get(referenceTo({ type: RESULT, id: entry.resource.id })), stored.get(id))).map(({ entry }) => withOrigin(faultAt(entry.index, 'multiple-matches', `${entry.at}.identifier`, SENTENCE), entry));
}

/** The first of its name that the message does not hold: `…/2` for a result that comes alone. */
function followerOf(name: string, inMessage: ReadonlySet<string | undefined>): string {
  let occurrence = 2;
  while (inMessage.has(`${name}/${occurrence}`)) occurrence += 1;
  return `${name}/${occurrence}`;
}

/** Its time tells which one it is where it is that of the one that it would be taken for, and no other's. */
function isAmbiguous(resource: Resource, same: Stored | undefined, next: Stored | undefined): boolean {
  if (same === undefined || next === undefined) return false;
  const time = textOf(resource['effectiveDateTime']);
  return time === '' || time !== timeOf(same) || time === timeOf(next);
}

function timeOf({ body }: Stored): string {
  return textOf(resourceOf(body)['effectiveDateTime']);
}

function nameOf(resource: Resource): string | undefined {
  const [first] = isList(resource['identifier']) ? resource['identifier'] : [];
  return isObject(first) ? `${textOf(first['system'])}|${textOf(first['value'])}` : undefined;
}
