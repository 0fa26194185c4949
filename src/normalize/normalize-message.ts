import type { Definitions } from '../fhir/definitions/model.ts';
import type { Resource, ResourceKey } from '../fhir/resource.ts';
import { isObject } from '../fhir/resource.ts';
import { sourceUri } from './derive-id.ts';
import { completeTimes, timeMembersOf } from './complete-times.ts';
import type { Registry } from './find-targets.ts';
import { targetsOf } from './find-targets.ts';
import type { IdentifiedEntry } from './identify-entries.ts';
import { identifyEntries } from './identify-entries.ts';
import type { Lookup } from './link-entries.ts';
import { linkEntry, lookupsOf, readReferences } from './link-entries.ts';
import type { Sender } from './local-identity.ts';
import type { Contribution, Fault, Origin, SentMessage } from './message.ts';
import { withOrigin } from './message.ts';

/** One resource as it is to be stored, before codes are mapped. */
export interface NormalizedEntry {
  readonly index: number;
  /** FHIRPath of the resource within the message. */
  readonly at: string;
  readonly resource: Resource & { readonly id: string };
  /** Id of the record that leads from the source's own id here, where an identifier and not that id gave the logical id. */
  readonly aliasId: string | undefined;
  readonly origin?: Origin;
  readonly contribution?: Contribution;
}

/** A message whose references still await answers about what was stored before. */
export interface OpenMessage {
  readonly lookups: readonly Lookup[];
  /** @param found target of each lookup that has one, by its name */
  finish(found: ReadonlyMap<string, ResourceKey>): { readonly entries: readonly NormalizedEntry[]; readonly faults: readonly Fault[] };
}

export interface Conventions { readonly sender: Sender; readonly registry: Registry; readonly definitions: Pick<Definitions, 'structures'> }

/**
 * Turns the records of a message into resources of the exchange: under derived ids, with references led to them, local
 * times completed, and `meta.source` set. All faults are collected, those of the envelope included.
 */
export function normalizeMessage(message: SentMessage, { sender, registry, definitions }: Conventions): OpenMessage {
  const { identified, faults: ofIdentity } = identifyEntries(message.entries, sender, definitions);
  const entryOf = new Map(message.entries.map((entry) => [entry.index, entry]));
  const located = (fault: Fault): Fault => withOrigin(fault, (fault.entry === undefined ? undefined : entryOf.get(fault.entry)) ?? { at: '' });
  const targets = targetsOf(identified, sender, registry);
  const referring = identified.map((entry) => readReferences(entry, targets));
  return {
    lookups: lookupsOf(referring, sender),
    finish: (found) => {
      const linked = referring.map((entry) => ({ entry, ...linkEntry(entry, targets, found, definitions) }));
      return {
        entries: linked.map(({ entry, resource }) => finishEntry(entry, completeTimes(resource, sender.offset, timeMembersOf(definitions)), sender)),
        faults: [...message.faults, ...[...ofIdentity, ...linked.flatMap((entry) => entry.faults)].map(located)],
      };
    },
  };
}

function finishEntry({ entry, key, aliasId }: IdentifiedEntry, resource: Resource, sender: Sender): NormalizedEntry {
  return {
    index: entry.index,
    at: entry.at,
    resource: { ...resource, id: key.id, ...(isBroken(resource.meta) ? {} : { meta: { ...resource.meta, source: sourceUri(sender.id) } }) },
    aliasId,
    ...(entry.origin === undefined ? {} : { origin: entry.origin }),
    ...(entry.contribution === undefined ? {} : { contribution: entry.contribution }),
  };
}

/** A `meta` that is no object is left for the validator to refuse. */
function isBroken(meta: unknown): boolean {
  return meta !== undefined && !isObject(meta);
}
