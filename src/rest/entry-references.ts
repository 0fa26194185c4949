import type { Definitions } from '../fhir/definitions/model.ts';
import { mapReferences, parseReference, referencesOf } from '../fhir/references.ts';
import type { FoundReference } from '../fhir/references.ts';
import type { Resource } from '../fhir/resource.ts';
import type { Issue } from '../fhir/outcome.ts';

/** What the references of a transaction's entries become. */
export interface Replacements {
  /** `fullUrl` of an entry -> `Patient/p1`. */
  readonly fullUrls: ReadonlyMap<string, string>;
  /** Conditional reference, `Patient?identifier=…` -> `Patient/p1`. */
  readonly conditional: ReadonlyMap<string, string>;
}

const TEMPORARY = /^urn:(uuid|oid):/;

/** The texts of the conditional references of a resource. */
export function conditionalReferencesOf(resource: Resource): readonly string[] {
  return referencesOf(resource).filter((found) => found.parsed.kind === 'conditional').map((found) => found.reference);
}

/**
 * The resource with every reference to another entry replaced by the id which that entry got.
 *
 * @param fullUrl of the resource's own entry, against which its relative references are read
 * @see https://hl7.org/fhir/R4/http.html#trules and https://hl7.org/fhir/R4/bundle.html#references
 */
export function withFinalReferences(definitions: Definitions, resource: Resource, fullUrl: string | undefined, { fullUrls, conditional }: Replacements): Resource {
  if (fullUrls.size + conditional.size === 0) return resource;
  const root = rootOf(fullUrl);
  return mapReferences(resource, definitions, ({ kind, text }) => {
    const direct = fullUrls.get(text);
    if (direct !== undefined || kind === 'uri') return direct;
    const known = conditional.get(text);
    if (known !== undefined) return known;
    const [plain = '', ...fragment] = text.split('#');
    const target = fullUrls.get(plain) ?? (root === undefined ? undefined : fullUrls.get(`${root}/${plain}`));
    return target === undefined ? undefined : [target, ...fragment].join('#');
  });
}

/** A fault for each reference to an entry that the transaction does not have. @param at `Bundle.entry[3].resource` */
export function danglingReferences(resource: Resource, at: string): readonly Issue[] {
  return referencesOf(resource).filter((found) => TEMPORARY.test(found.reference)).map((found) => ({
    severity: 'error',
    code: 'not-found',
    diagnostics: 'The reference names no fullUrl of the transaction',
    expression: placeOf(found, resource, at),
  }));
}

/**
 * A fault for each reference to an entry of the same batch: it would be stored as it is, and never resolve.
 *
 * @param fullUrls of the batch, those that are addresses on this server left out
 * @param at `Bundle.entry[3].resource`
 * @see https://hl7.org/fhir/R4/http.html#batch
 */
export function referencesWithinBatch(resource: Resource, fullUrls: ReadonlySet<string>, at: string): readonly Issue[] {
  return referencesOf(resource).filter(({ reference }) => fullUrls.has(reference.split('#', 1)[0] ?? '')).map((found) => ({
    severity: 'error',
    code: 'business-rule',
    diagnostics: 'The reference names the fullUrl of an entry, and entries of a batch cannot depend on each other; send a transaction, or name a resource that is stored',
    expression: placeOf(found, resource, at),
  }));
}

function placeOf({ path }: FoundReference, { resourceType }: Resource, at: string): string {
  return `${at}${path.slice(resourceType.length)}.reference`;
}

/** Base address of a RESTful `fullUrl`; a `urn:` has none. */
function rootOf(fullUrl: string | undefined): string | undefined {
  if (fullUrl === undefined) return undefined;
  const parsed = parseReference(fullUrl);
  return parsed.kind === 'absolute' ? parsed.base : undefined;
}
