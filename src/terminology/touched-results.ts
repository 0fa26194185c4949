import type { Clause } from '../fhir/search/query.ts';
import { sourceUri } from '../normalize/index.ts';
import { normalizeUnit } from './normalize-unit.ts';
import type { JobScope } from './remap-job.ts';
import { ITEM_SYSTEM, LOINC_SYSTEM, TAG_SYSTEM } from './systems.ts';

/**
 * What a search for all results that a change of a mapping touches asks: every one that the old or the new rows can map, and
 * few others, which come out of the mapping as they were.
 *
 * @param localSystem code system of the source's codes
 */
export function touchedResults({ source, kind, local, isText, standard }: JobScope, localSystem: string): readonly Clause[] {
  const ofSource: Clause = { kind: 'uri', param: '_source', match: 'exact', anyOf: [sourceUri(source)] };
  if (kind === 'source' || kind === 'study') return [ofSource];
  if (kind === 'item') return [{ kind: 'token', param: 'code', anyOf: [{ system: ITEM_SYSTEM, code: local }] }, ofSource];
  if (kind === 'report') return [{ kind: 'token', param: 'code', anyOf: standard.map(namedCode) }, ofSource];
  if (kind === 'unit') return [ofSource, { kind: 'or', clauses: [inUnits([local, normalizeUnit(local), ...standard]), tagged('unmapped-unit')] }];
  const byCode: Clause = { kind: 'token', param: 'combo-code', anyOf: [{ system: localSystem, code: local }, { system: '', code: local }] };
  if (!isText) return [byCode, ofSource];
  const byMeaning: Clause = { kind: 'token', param: 'combo-code', anyOf: standard.flatMap((code) => [{ system: ITEM_SYSTEM, code }, { system: LOINC_SYSTEM, code }]) };
  return [ofSource, { kind: 'or', clauses: [byCode, byMeaning, tagged('unmapped-code')] }];
}

/** `system|code`. */
function namedCode(text: string): { readonly system: string; readonly code: string } {
  const at = text.lastIndexOf('|');
  return { system: text.slice(0, at), code: text.slice(at + 1) };
}

function tagged(code: string): Clause {
  return { kind: 'token', param: '_tag', anyOf: [{ system: TAG_SYSTEM, code }] };
}

/** Any value at all, in one of the units. */
function inUnits(units: readonly string[]): Clause {
  return { kind: 'quantity', param: 'combo-value-quantity', anyOf: [...new Set(units)].map((code) => ({ prefix: 'ge', low: -Number.MAX_VALUE, high: -Number.MAX_VALUE, code })) };
}
