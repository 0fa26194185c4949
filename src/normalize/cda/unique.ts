import type { JsonObject } from '../../fhir/resource.ts';

/** References, each once, in the order in which they come first. */
export function unique(references: readonly JsonObject[]): readonly JsonObject[] {
  return [...new Map(references.map((reference) => [JSON.stringify(reference), reference])).values()];
}
