import type { JsonObject } from '../fhir/resource.ts';
import { isObject, textOf } from '../fhir/resource.ts';
import { ITEM_SYSTEM, LOINC_SYSTEM } from './systems.ts';
import type { CatalogueItem, CodeTables, SourceTable } from './tables.ts';

/** What a code of a result stands for. */
export interface Meaning {
  /** The standard item; absent where the local code is not one of its kind. */
  readonly item: CatalogueItem | undefined;
  /** LOINC that the source's table gives, or that was sent. */
  readonly loinc: string | undefined;
  /** False where the item is only near: such a result must not feed mutual recognition. */
  readonly isExact: boolean;
}

/** A code that no table knows, as the operator's list names it. */
export interface UnknownCode { readonly system: string; readonly code: string; readonly display: string }

export type CodeAnswer = { readonly kind: 'known'; readonly meaning: Meaning } | { readonly kind: 'foreign' } | { readonly kind: 'unknown'; readonly code: UnknownCode };

/** Longer texts are no code of a laboratory. */
const MAX_CODE_LENGTH = 100;

/**
 * What a CodeableConcept of a result means: by the source's own code first, then by an item or a LOINC that was sent.
 *
 * @returns 'foreign' for a LOINC outside the catalogue: it is standard already and needs no mapping
 */
export function meaningOfCode(concept: JsonObject, tables: CodeTables, source: SourceTable | undefined): CodeAnswer {
  const codings = Array.isArray(concept['coding']) ? concept['coding'].filter(isObject) : [];
  const code = (coding: JsonObject): string => textOf(coding['code']);
  for (const coding of codings) {
    const row = isLocal(coding, source) ? source?.codes.get(code(coding)) : undefined;
    if (row === undefined) continue;
    const item = row.equivalence === 'narrower' || row.equivalence === 'relatedto' ? undefined : tables.items.get(row.item);
    return known({ item, loinc: row.loinc, isExact: row.equivalence === 'equal' || row.equivalence === 'equivalent' });
  }
  const loinc = codings.filter((coding) => coding['system'] === LOINC_SYSTEM).map(code)[0];
  const sentItem = codings.filter((coding) => coding['system'] === ITEM_SYSTEM).map((coding) => tables.items.get(code(coding))).find((item) => item !== undefined);
  const item = sentItem ?? itemOfLoinc(loinc, tables);
  if (item !== undefined) return known({ item, loinc, isExact: true });
  return loinc === undefined ? { kind: 'unknown', code: unknownCode(concept, codings, source) } : { kind: 'foreign' };
}

function known(meaning: Meaning): CodeAnswer {
  return { kind: 'known', meaning };
}

/** A coding without a system is taken for the source's own, since that is what laboratories leave out. */
function isLocal(coding: JsonObject, source: SourceTable | undefined): boolean {
  return coding['system'] === undefined || coding['system'] === source?.system;
}

function itemOfLoinc(loinc: string | undefined, tables: CodeTables): CatalogueItem | undefined {
  if (loinc === undefined) return undefined;
  const items = tables.itemsByLoinc.get(loinc) ?? [];
  return items.find((item) => item.loinc === loinc) ?? items[0];
}

function unknownCode(concept: JsonObject, codings: readonly JsonObject[], source: SourceTable | undefined): UnknownCode {
  const coding = codings.find((candidate) => isLocal(candidate, source)) ?? codings[0];
  const text = textOf(concept['text']);
  return {
    system: textOf(coding?.['system']),
    code: (textOf(coding?.['code']) || text).slice(0, MAX_CODE_LENGTH),
    display: (textOf(coding?.['display']) || text).slice(0, MAX_CODE_LENGTH),
  };
}
