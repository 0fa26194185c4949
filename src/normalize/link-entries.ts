import type { Definitions } from '../fhir/definitions/model.ts';
import type { FoundReference } from '../fhir/references.ts';
import { mapReferences, referencesOf } from '../fhir/references.ts';
import type { Resource, ResourceKey } from '../fhir/resource.ts';
import { referenceTo } from '../fhir/resource.ts';
import { deriveId } from './derive-id.ts';
import type { Target, Targets } from './find-targets.ts';
import type { IdentifiedEntry } from './identify-entries.ts';
import type { Sender } from './local-identity.ts';
import { identityBy } from './local-identity.ts';
import { logicalReferencesOf, mapLogicalReferences } from './logical-references.ts';
import type { Fault } from './message.ts';
import { faultAt } from './message.ts';

/** Internal type of the record that leads from a source's own id of a record to where the record is stored. */
export const ALIAS_TYPE = 'SourceAlias';

/** A question about what was stored before: the first of `keys` that exists and belongs to the source is the target. */
export interface Lookup {
  readonly name: string;
  readonly keys: readonly ResourceKey[];
  /** Whether a reference that leads nowhere is a fault. */
  readonly mustExist: boolean;
}

/** An entry with what it refers to, each reference with what it leads to as far as the message tells. */
export interface ReferringEntry extends IdentifiedEntry {
  readonly literal: readonly { readonly found: FoundReference; readonly target: Target }[];
  readonly logical: readonly Target[];
}

/** Reads the references of an entry. */
export function readReferences(identified: IdentifiedEntry, targets: Targets): ReferringEntry {
  const { entry } = identified;
  return {
    ...identified,
    literal: referencesOf(entry.resource).map((found) => ({ found, target: targets.literal(found.reference, entry) })),
    logical: logicalReferencesOf(entry.resource).map((reference) => targets.logical(reference)),
  };
}

/** Every question that the references of a message leave open, each once. */
export function lookupsOf(entries: readonly ReferringEntry[], sender: Sender): Lookup[] {
  const lookups = new Map<string, Lookup>();
  for (const { literal, logical } of entries) {
    for (const target of [...literal.map((reference) => reference.target), ...logical]) {
      const name = nameOf(target);
      if (name === undefined) continue;
      const known = lookups.get(name);
      if (known === undefined || !known.mustExist) lookups.set(name, { name, keys: known?.keys ?? keysOf(target, sender), mustExist: isDangling(target) });
    }
  }
  return [...lookups.values()];
}

/**
 * A resource with its references led to where their targets are stored.
 *
 * @param answers of the lookups, by name
 * @returns the resource, and a fault for each reference that leads nowhere
 */
export function linkEntry({ entry, literal, logical }: ReferringEntry, targets: Targets, answers: ReadonlyMap<string, ResourceKey>, definitions: Pick<Definitions, 'structures'>): { readonly resource: Resource; readonly faults: readonly Fault[] } {
  const keyOf = (target: Target): ResourceKey | undefined => (target.kind === 'found' ? target.key : answers.get(nameOf(target) ?? ''));
  const keys = new Map(literal.map(({ found, target }) => [found.reference, keyOf(target)]));
  const faults = literal.flatMap(({ found, target }) => {
    if (!isDangling(target) || keys.get(found.reference) !== undefined) return [];
    const type = 'type' in found.parsed ? found.parsed.type : 'resource';
    const at = entry.at + found.path.slice(entry.resource.resourceType.length);
    return [faultAt(entry.index, 'not-found', `${at}.reference`, `The reference leads to a ${type} that is neither in this message nor was sent before by this source`)];
  });
  const linked = mapReferences(entry.resource, definitions, ({ kind, text }) => {
    const key = kind === 'uri' ? targets.uri(text) : keys.get(text);
    return key === undefined ? undefined : referenceTo(key);
  });
  return { resource: logical.length === 0 ? linked : mapLogicalReferences(linked, (reference) => keyOf(targets.logical(reference))), faults };
}

function isDangling(target: Target): boolean {
  return target.kind === 'dangling' || (target.kind !== 'elsewhere' && target.kind !== 'found' && target.mustExist);
}

function nameOf(target: Target): string | undefined {
  if (target.kind === 'own-id') return `${target.type}/${target.id}`;
  if (target.kind === 'identifier') return `${target.type} ${identityBy(target.identifier).value}`;
  return undefined;
}

/** A source may also use an id that the exchange gave its record, as an earlier answer told it. */
function keysOf(target: Target, sender: Sender): readonly ResourceKey[] {
  if (target.kind === 'identifier') return [{ type: target.type, id: deriveId(sender.id, target.type, identityBy(target.identifier)) }];
  if (target.kind !== 'own-id') return [];
  const id = deriveId(sender.id, target.type, { kind: 'id', value: target.id });
  return [{ type: ALIAS_TYPE, id }, { type: target.type, id }, { type: target.type, id: target.id }];
}
