import { parseMoment } from '../fhir/dates.ts';
import type { Issue } from '../fhir/outcome.ts';
import { canMeet, specificity } from './choose-row.ts';
import type { CodeMapping, Proposal } from './code-mapping.ts';
import { loincFault } from './loinc.ts';
import { normalizeUnit } from './normalize-unit.ts';
import type { CatalogueItem, CodeTables } from './tables.ts';
import { isExact, namesLoinc } from './tables.ts';
import type { IsUcum } from './ucum.ts';

export interface CheckedProposal {
  /** Every fault; none: the mapping may be proposed. */
  readonly faults: readonly Issue[];
  readonly warnings: readonly string[];
  /** The item that it stands for, also where the LOINC alone implies it. */
  readonly item: string | undefined;
}

type CodeProposal = Extract<Proposal, { kind: 'code' }>;

/** Judges a proposal by the catalogue and by UCUM. Pure. */
export function checkProposal(proposal: Proposal, tables: CodeTables, isUcum: IsUcum): CheckedProposal {
  if (proposal.kind === 'code') return checkCode(proposal, tables);
  const faults = isUcum(proposal.ucum) ? [] : [fault('ucum', `${proposal.ucum} is no UCUM code`)];
  const known = tables.sources.get(proposal.source)?.units.get(proposal.local);
  const warnings = known === undefined || known.ucum === proposal.ucum ? [] : [`The unit ${proposal.local} is ${known.ucum} until now`];
  return { faults, warnings, item: undefined };
}

function checkCode(proposal: CodeProposal, tables: CodeTables): CheckedProposal {
  const { loinc, effective = {} } = proposal;
  const bad = loincFault(loinc);
  const { item, faults, warnings } = itemOf(proposal, tables);
  const days = [['effective.from', effective.from], ['effective.to', effective.to]] as const;
  return {
    item: item?.item,
    faults: [
      ...(bad === undefined ? faults : [fault('loinc', `${loinc} ${bad}`)]),
      ...days.flatMap(([name, day]) => (day === undefined || parseMoment(day) !== undefined ? [] : [fault(name, `${day} is no day of the calendar`)])),
      ...(effective.from !== undefined && effective.to !== undefined && effective.to < effective.from ? [fault('effective', 'The mapping would end before it begins')] : []),
    ],
    warnings: [...warnings, ...(item?.unverified === true ? [`The LOINC of item ${item.item} awaits a check against the official table`] : []), ...overridden(proposal, tables)],
  };
}

function itemOf({ item, loinc, equivalence }: CodeProposal, { items, itemsByLoinc }: CodeTables): { readonly item: CatalogueItem | undefined; readonly faults: readonly Issue[]; readonly warnings: readonly string[] } {
  if (item === undefined) return impliedItem(loinc, itemsByLoinc.get(loinc) ?? []);
  const named = items.get(item);
  if (named === undefined) return { item: named, faults: [fault('item', `The catalogue has no item ${item}`)], warnings: [] };
  const isForeign = isExact(equivalence) && !namesLoinc(named, loinc);
  return { item: named, faults: isForeign ? [fault('loinc', `Item ${item} does not list LOINC ${loinc}, so that a local code cannot be ${equivalence} to both`)] : [], warnings: [] };
}

function impliedItem(loinc: string, candidates: readonly CatalogueItem[]): ReturnType<typeof itemOf> {
  if (candidates.length === 1) return { item: candidates[0], faults: [], warnings: [] };
  if (candidates.length === 0) return { item: undefined, faults: [], warnings: [`LOINC ${loinc} stands for no item of the catalogue: the results get the code, and are neither converted nor recognised`] };
  return { item: undefined, faults: [fault('item', `LOINC ${loinc} can stand for ${candidates.map(({ item }) => item).join(' or ')}: name the item`)], warnings: [] };
}

function overridden({ source, local, when = {} }: CodeProposal, { sources }: CodeTables): readonly string[] {
  const rows = sources.get(source)?.codes.get(local) ?? [];
  return rows.filter((row) => row.mapping === undefined && specificity(row.when) === specificity(when))
    .map((row) => `Replaces what profiles/codes/${source}.json says of ${local}: ${row.item?.item ?? 'no item'}, LOINC ${row.loinc}`);
}

/**
 * Another approved mapping that would contradict this one: some result could meet both, and none is more specific.
 *
 * @param approved mappings of the same source
 */
export function contradicting(mapping: CodeMapping, approved: readonly CodeMapping[]): CodeMapping | undefined {
  return approved.find((other) => other.id !== mapping.id && other.id !== mapping.replaces && contradict(mapping, other));
}

function contradict(a: CodeMapping, b: CodeMapping): boolean {
  if (a.kind === 'unit') return b.kind === 'unit' && normalizeUnit(a.local) === normalizeUnit(b.local);
  if (b.kind === 'unit' || a.local !== b.local) return false;
  const [left, right] = [a, b].map(({ when = {}, effective = {} }) => ({ when, effective }));
  return left !== undefined && right !== undefined && specificity(left.when) === specificity(right.when) && canMeet(left, right);
}

function fault(element: string, diagnostics: string): Issue {
  return { severity: 'error', code: 'value', diagnostics, expression: element };
}
