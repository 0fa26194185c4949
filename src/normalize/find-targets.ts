import { parseReference } from '../fhir/references.ts';
import type { ResourceKey } from '../fhir/resource.ts';
import type { IdentifiedEntry } from './identify-entries.ts';
import type { Sender, SentIdentifier } from './local-identity.ts';
import { identifiersOf, identityBy, readIdentifier } from './local-identity.ts';
import type { LogicalReference } from './logical-references.ts';
import type { SentEntry } from './message.ts';
import { baseOfUrl, canonicalBase } from './server-base.ts';

/** What a reference of a message leads to, as far as the message itself tells. */
export type Target =
  | { readonly kind: 'found'; readonly key: ResourceKey }
  /** A question about what the same source sent before: by its own id there, or by identifier. */
  | { readonly kind: 'own-id'; readonly type: string; readonly id: string; readonly mustExist: boolean }
  | { readonly kind: 'identifier'; readonly type: string; readonly identifier: SentIdentifier; readonly mustExist: boolean }
  /** Contained, or a place outside the exchange: stays as it is. */
  | { readonly kind: 'elsewhere' }
  /** A placeholder that no entry has, or a condition that is not an identifier. */
  | { readonly kind: 'dangling' };

export interface Registry {
  /** 统一社会信用代码 -> logical id of the Organization of a registered institution. */
  readonly organizations: ReadonlyMap<string, string>;
  /** Public address of the exchange's own FHIR API; undefined where it has none. */
  readonly base: string | undefined;
}

export interface Targets {
  /** Of the text of a Reference. `from`: the entry that refers. */
  literal(reference: string, from: SentEntry): Target;
  logical(reference: LogicalReference): Target;
  /** Of any other uri: the entry that has it as its `fullUrl`. */
  uri(text: string): ResourceKey | undefined;
}

/** Knows every name that the entries of one message have. */
export function targetsOf(identified: readonly IdentifiedEntry[], sender: Sender, registry: Registry): Targets {
  const byUrl = new Map<string, ResourceKey>();
  const byOwnId = new Map<string, ResourceKey>();
  const byIdentifier = new Map<string, ResourceKey[]>();
  for (const { entry, key } of identified) {
    // Of entries that share a name the first has it: the others are refused.
    if (entry.fullUrl !== undefined && !byUrl.has(entry.fullUrl)) byUrl.set(entry.fullUrl, key);
    const ownName = `${key.type}/${entry.ownId ?? ''}`;
    if (entry.ownId !== undefined && !byOwnId.has(ownName)) byOwnId.set(ownName, key);
    for (const identifier of identifiersOf(entry.resource)) {
      const name = identityBy(identifier).value;
      byIdentifier.set(name, [...byIdentifier.get(name) ?? [], key]);
    }
  }
  const named = (type: string, identifier: SentIdentifier, mustExist: boolean): Target => {
    const organization = type === 'Organization' ? registry.organizations.get(identifier.value) : undefined;
    if (organization !== undefined) return { kind: 'found', key: { type, id: organization } };
    const key = byIdentifier.get(identityBy(identifier).value)?.find((candidate) => candidate.type === type);
    return key === undefined ? { kind: 'identifier', type, identifier, mustExist } : { kind: 'found', key };
  };
  const ownBase = registry.base === undefined ? undefined : canonicalBase(registry.base);
  const byName = (type: string, id: string, mustExist: boolean): Target => {
    const key = byOwnId.get(`${type}/${id}`);
    return key === undefined ? { kind: 'own-id', type, id, mustExist } : { kind: 'found', key };
  };
  const literal = (reference: string, { fullUrl }: SentEntry): Target => {
    const parsed = parseReference(reference);
    if (parsed.kind === 'contained') return { kind: 'elsewhere' };
    if (parsed.kind === 'url') return { kind: /^urn:(uuid|oid):/.test(reference) ? 'dangling' : 'elsewhere' };
    if (parsed.kind === 'conditional') {
      const identifier = searchedIdentifier(parsed.query);
      return identifier === undefined ? { kind: 'dangling' } : named(parsed.type, identifier, true);
    }
    if (parsed.kind === 'relative') return byName(parsed.type, parsed.id, true);
    const base = canonicalBase(parsed.base);
    // Searches and access read an address below the exchange's own as a local reference: so it is judged as one.
    if (base !== undefined && base === ownBase) return byName(parsed.type, parsed.id, true);
    return base !== undefined && base === baseOfUrl(fullUrl) ? byName(parsed.type, parsed.id, false) : { kind: 'elsewhere' };
  };
  return {
    uri: (text) => byUrl.get(text),
    literal: (reference, from) => {
      const key = byUrl.get(reference);
      return key === undefined ? literal(reference, from) : { kind: 'found', key };
    },
    logical: ({ type, identifier }) => {
      const candidates = byIdentifier.get(identityBy(identifier).value) ?? [];
      const known = type ?? typeByIdentifier(identifier, sender, registry) ?? (candidates.length === 1 ? candidates[0]?.type : undefined);
      return known === undefined ? { kind: 'elsewhere' } : named(known, identifier, false);
    },
  };
}

/** `identifier=system|value`, the one condition that can be met without searching the records of others. */
function searchedIdentifier(query: string): SentIdentifier | undefined {
  const parameters = [...new URLSearchParams(query)];
  const [name, token] = parameters[0] ?? [];
  const bar = token?.indexOf('|') ?? -1;
  if (parameters.length !== 1 || name !== 'identifier' || token === undefined || bar < 1) return undefined;
  return readIdentifier({ system: token.slice(0, bar), value: token.slice(bar + 1) });
}

function typeByIdentifier({ system, value }: SentIdentifier, sender: Sender, registry: Registry): string | undefined {
  if (system === sender.patientNumberSystem) return 'Patient';
  return registry.organizations.has(value) ? 'Organization' : undefined;
}
