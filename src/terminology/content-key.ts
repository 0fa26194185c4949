import type { CodeMapping } from './code-mapping.ts';
import type { MapEntry } from './read-concept-map.ts';
import { versionOfRow } from './row-version.ts';
import type { CodeTables } from './tables.ts';

/** What a mapping says, proposed or stored: two of one key would do the same to the same results. */
export function contentKey(codes: CodeTables, proposal: MapEntry['proposal'] | CodeMapping): string {
  if (proposal.kind === 'unit') return `unit ${proposal.local} ${proposal.ucum}`;
  const candidates = codes.itemsByLoinc.get(proposal.loinc) ?? [];
  const item = proposal.item === undefined ? (candidates.length === 1 ? candidates[0] : undefined) : codes.items.get(proposal.item);
  return `code ${versionOfRow(proposal.source, proposal, item)} ${JSON.stringify([proposal.effective?.from, proposal.effective?.to])}`;
}
