import { z } from 'zod';
import type { Resource, ResourceKey } from '../fhir/resource.ts';
import { referenceTo } from '../fhir/resource.ts';
import { ALIAS_TYPE } from '../normalize/index.ts';

const schema = z.object({ id: z.string(), type: z.string(), target: z.string().optional() });

/**
 * Leads from a source's own id of a record to where the record is stored. An id that named two records is good for none:
 * a result must never reach the wrong patient because a source counts `p1`, `p2` anew in each message.
 */
export interface Alias { readonly id: string; readonly target: ResourceKey | undefined }

/** @param body a stored SourceAlias, JSON text */
export function parseAlias(body: string): Alias {
  const { id, type, target } = schema.parse(JSON.parse(body));
  return { id, target: target === undefined ? undefined : { type, id: target } };
}

/**
 * The alias to write.
 *
 * @param current the body stored under `id`, if there is one
 * @returns undefined where nothing changes
 */
export function aliasChange(id: string, target: ResourceKey, current: string | undefined): (Resource & { readonly id: string }) | undefined {
  if (current === undefined) return { resourceType: ALIAS_TYPE, id, type: target.type, target: target.id };
  const known = parseAlias(current).target;
  return known === undefined || referenceTo(known) === referenceTo(target) ? undefined : { resourceType: ALIAS_TYPE, id, type: target.type };
}
