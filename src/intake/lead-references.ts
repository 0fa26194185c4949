import type { Definitions } from '../fhir/definitions/model.ts';
import { mapReferences } from '../fhir/references.ts';
import type { PreparedEntry } from './prepare-message.ts';

/** @param leading reference -> the one in its place @returns the same entry where it has none of them */
export function leadReferences(entry: PreparedEntry, leading: ReadonlyMap<string, string>, definitions: Pick<Definitions, 'structures'>): PreparedEntry {
  if (leading.size === 0) return entry;
  const resource = mapReferences(entry.resource, definitions, ({ text }) => leading.get(text));
  return resource === entry.resource ? entry : { ...entry, resource };
}
