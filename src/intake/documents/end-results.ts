import { resourceOf } from '../../fhir/body.ts';
import { referencesOf } from '../../fhir/references.ts';
import type { Resource, ResourceKey } from '../../fhir/resource.ts';
import { isObject, referenceTo, textOf } from '../../fhir/resource.ts';
import { deriveId } from '../../normalize/index.ts';
import type { Services } from '../../services.ts';
import type { Stored } from '../../store/store.ts';
import type { Consequences, Rewrite } from '../consequences.ts';
import { consequencesOf } from '../consequences.ts';
import { isGone } from '../gone.ts';
import type { PreparedEntry } from '../prepare-message.ts';
import type { DocumentVersions, NamedDocument } from './find-versions.ts';

const COMPOSITION = 'Composition';
/** Made of one document each, so that they end with it. What a document says of the patient or the visit others say too. */
const RESULTS: ReadonlySet<string> = new Set(['Observation', 'DiagnosticReport']);
const ENDED = 'entered-in-error';

/**
 * A shared document that replaces another replaces all of it: a result of the older one that the newer one has no more holds
 * no more, whichever came first. Which results a document has is told by its Composition. One that another message has told
 * since stays.
 */
export async function endResults(services: Services, entries: readonly PreparedEntry[], { older, newer }: DocumentVersions): Promise<Consequences> {
  const own = entries.find(({ resource }) => resource.resourceType === COMPOSITION);
  if (own === undefined || (older.length === 0 && newer.length === 0)) return consequencesOf(entries);
  const told = resultsIn(own.resource);
  const before = await readLive(services, older.flatMap(compositionOf));
  const gone = before.flatMap((composition) => [...resultsIn(resourceOf(composition.body)).difference(told)].map((reference) => ({ reference, mark: composition.beside?.mark })));
  const stored = new Map((await readLive(services, gone.map(({ reference }) => keyOf(reference)))).map((item) => [referenceTo(item), item]));
  const ended = gone.flatMap(({ reference, mark }) => {
    const item = stored.get(reference);
    return item === undefined || item.beside?.mark !== mark ? [] : endedResult(item);
  });
  const after = await readLive(services, newer.flatMap(compositionOf));
  const toldAfter = new Set(after.flatMap(({ body }) => [...resultsIn(resourceOf(body))]));
  const goneHere = after.length === 0 ? new Set() : told.difference(toldAfter);
  return consequencesOf(entries.map((entry) => (goneHere.has(referenceOf(entry)) && !isGone(entry.resource['status']) ? { ...entry, resource: { ...entry.resource, status: ENDED } } : entry)), ended);
}

async function readLive({ store }: Services, keys: readonly ResourceKey[]): Promise<readonly Stored[]> {
  return keys.length === 0 ? [] : (await store.readMany(keys)).filter(({ deleted }) => !deleted);
}

/** The Composition of a document goes by the number of the document. */
function compositionOf({ source, resource }: NamedDocument): readonly ResourceKey[] {
  const master = resource['masterIdentifier'];
  if (!isObject(master)) return [];
  return [{ type: COMPOSITION, id: deriveId(source, COMPOSITION, { kind: 'identifier', value: `${textOf(master['system'])}|${textOf(master['value'])}` }) }];
}

function resultsIn(composition: Resource): ReadonlySet<string> {
  return new Set(referencesOf(composition).map(({ reference }) => reference).filter((reference) => RESULTS.has(keyOf(reference).type)));
}

/** A result that was taken back already stays as its laboratory said. */
function endedResult(stored: Stored): readonly Rewrite[] {
  const resource = resourceOf(stored.body);
  // Its mark stays that of the older document: what another message says of it counts as it would without this one.
  return isGone(resource['status']) ? [] : [{ stored, resource: { ...resource, status: ENDED } }];
}

function keyOf(reference: string): ResourceKey {
  const [type = '', id = ''] = reference.split('/');
  return { type, id };
}

function referenceOf({ resource }: PreparedEntry): string {
  return referenceTo({ type: resource.resourceType, id: resource.id });
}
