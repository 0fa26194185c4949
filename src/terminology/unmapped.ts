import { z } from 'zod';
import { derivedId } from '../fhir/derived-id.ts';
import type { Resource } from '../fhir/resource.ts';
import type { Gap } from './map-observation.ts';

/** Internal type of the record of one code or unit that no table knows. How often it came is counted, not kept. */
export const UNMAPPED_TYPE = 'UnmappedTerm';

const schema = z.object({
  id: z.string(), source: z.string(), kind: z.enum(['code', 'unit']), system: z.string(), code: z.string(), display: z.string(), firstSeen: z.string(),
});
/** `firstSeen` is an instant. */
export type UnmappedTerm = z.infer<typeof schema>;

/** What a message with the gap is found by: of a unit also the test, since a unit may fit one item and not another. */
export function unmappedCode(gap: Pick<Gap, 'kind' | 'system' | 'code' | 'display'>): string {
  return gap.kind === 'unit' ? `${gap.code} (${gap.display})` : `${gap.system}|${gap.code}`;
}

/** The record of a gap; the same gap of the same source is always the same record. */
export function unmappedTerm(source: string, gap: Gap, firstSeen: string): Resource & { readonly id: string } {
  const id = derivedId(UNMAPPED_TYPE, source, gap.kind, unmappedCode(gap));
  return { resourceType: UNMAPPED_TYPE, id, source, ...gap, firstSeen };
}

/** @param body a stored UnmappedTerm, JSON text */
export function parseUnmappedTerm(body: string): UnmappedTerm {
  return schema.parse(JSON.parse(body));
}
