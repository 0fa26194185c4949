import { derivedId } from '../fhir/derived-id.ts';
import type { JsonObject, Resource } from '../fhir/resource.ts';
import { referenceTo } from '../fhir/resource.ts';
import { sourceUri } from '../normalize/index.ts';
import type { InboxMessage } from './inbox.ts';
import type { EntryResult } from './plan-entries.ts';
import type { Source } from './source.ts';

/** System of the ids of messages in `Provenance.entity`. */
export const MESSAGE_SYSTEM = 'https://bund.example/identifier/message';
/** Targets of one Provenance: those of a large message are spread over several, since a document of a store has its limit. */
export const TARGETS_PER_PROVENANCE = 1_000;

/**
 * Who brought a message when, and what came of it. `occurred` is when the message was received, `recorded` when its
 * resources were written. Each processing of a message that writes has a Provenance of its own, so that a replay adds to
 * what is known and takes nothing away. Of what it changed, the version that stood before is named as `revision`: whoever
 * relied on that one, a decision perhaps, is found by it.
 *
 * @param written what became of the entries that created or changed a resource
 * @param now instant
 */
export function provenancesOf({ message, version }: InboxMessage, source: Source, written: readonly EntryResult[], now: string): (Resource & { readonly id: string })[] {
  const parts = Math.ceil(written.length / TARGETS_PER_PROVENANCE);
  const slices = Array.from({ length: parts }, (_, part) => written.slice(part * TARGETS_PER_PROVENANCE, (part + 1) * TARGETS_PER_PROVENANCE));
  return slices.map((results, part) => ({
    resourceType: 'Provenance',
    id: derivedId('Provenance', message.id, version, part),
    meta: { source: sourceUri(source.id) },
    target: results.map(({ key }) => ({ reference: referenceTo(key) })),
    occurredDateTime: message.receivedAt,
    recorded: now,
    activity: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-DataOperation', code: 'CREATE' }] },
    agent: [{
      type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/provenance-participant-type', code: 'author' }] },
      who: { reference: `Organization/${source.organization.id}`, display: source.name },
    }],
    entity: [{ role: 'source', what: { identifier: { system: MESSAGE_SYSTEM, value: message.id } } }, ...results.flatMap(revisionOf)],
  }));
}

function revisionOf({ key, outcome, version }: EntryResult): JsonObject[] {
  return outcome === 'updated' ? [{ role: 'revision', what: { reference: `${referenceTo(key)}/_history/${version - 1}` } }] : [];
}
