import { derivedId } from '../fhir/derived-id.ts';

/** What a source calls one of its records: an identifier (`system|value`), its own logical id, a `fullUrl`, a digest of what it says, or what is another patient's too, by that id and the patient. */
export interface LocalIdentity { readonly kind: 'identifier' | 'id' | 'url' | 'content' | 'of-patient'; readonly value: string }

/**
 * The logical id of a source's record. It depends on who sent it and on what the source itself calls it, so that a retry, a
 * re-send in another bundle and a correction all meet the same resource, and no source can reach another's.
 *
 * @param type resource type
 * @see docs/decisions/0060-derived-ids.md
 */
export function deriveId(source: string, type: string, local: LocalIdentity): string {
  return derivedId(source, type, local.kind, local.value);
}

const SOURCES = 'https://bund.example/sources/';

/** The uri of a source: `meta.source` of everything it sent. */
export function sourceUri(source: string): string {
  return SOURCES + source;
}

/** The source that a `meta.source` names, undefined where it names none. */
export function sourceOfUri(uri: unknown): string | undefined {
  return typeof uri === 'string' && uri.startsWith(SOURCES) ? uri.slice(SOURCES.length) : undefined;
}
