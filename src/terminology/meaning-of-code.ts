import type { JsonObject } from '../fhir/resource.ts';
import { isObject, textOf } from '../fhir/resource.ts';
import type { Result } from './choose-row.ts';
import { chooseRow } from './choose-row.ts';
import { readClaim } from './mark-claim.ts';
import { versionOfItem } from './row-version.ts';
import { ITEM_SYSTEM, LOINC_SYSTEM } from './systems.ts';
import type { CatalogueItem, CodeRow, CodeTables, SourceTable } from './tables.ts';
import { isExact } from './tables.ts';

/** What a code of a result stands for. */
export interface Meaning {
  /** The standard item; absent where the local code is not one of its kind. */
  readonly item: CatalogueItem | undefined;
  /** LOINC that the source's table gives, or that was sent. */
  readonly loinc: string | undefined;
  /** False where the item is only near: such a result must not feed mutual recognition. */
  readonly isExact: boolean;
  /** Of the row that says so, or of the item. */
  readonly version: string;
}

/** A code that no table knows, as the operator's list names it. */
export interface UnknownCode { readonly system: string; readonly code: string; readonly display: string }

export type CodeAnswer = { readonly kind: 'known'; readonly meaning: Meaning } | { readonly kind: 'foreign' } | { readonly kind: 'unknown'; readonly code: UnknownCode };

/** Longer texts are no code of a laboratory. */
const MAX_CODE_LENGTH = 100;

/**
 * What the code of a result means: by the source's own code first, then by an item or a LOINC that was sent.
 *
 * @param concept `code` of the result
 * @returns 'foreign' for a LOINC outside the catalogue: it is standard already and needs no mapping
 */
export function meaningOfCode(concept: JsonObject, result: Result, tables: CodeTables, source: SourceTable | undefined): CodeAnswer {
  const codings = Array.isArray(concept['coding']) ? concept['coding'].filter(isObject) : [];
  const row = source === undefined ? undefined : localRow(concept, codings, result, source);
  if (row !== undefined) return { kind: 'known', meaning: meaningOfRow(row) };
  const loinc = codings.find((coding) => coding['system'] === LOINC_SYSTEM)?.['code'];
  const sent = typeof loinc === 'string' ? loinc : undefined;
  const item = itemSent(codings, tables) ?? itemOfLoinc(sent, tables);
  if (item !== undefined) return { kind: 'known', meaning: { item, loinc: sent, isExact: true, version: versionOfItem(item) } };
  return sent === undefined ? { kind: 'unknown', code: unknownCode(concept, codings, source) } : { kind: 'foreign' };
}

/** A text without any coding is the code of a laboratory that has no codes. */
function localRow(concept: JsonObject, codings: readonly JsonObject[], result: Result, source: SourceTable): CodeRow | undefined {
  if (codings.length === 0) {
    const text = textOf(concept['text']);
    return rowOf(text, result, source) ?? rowOf(readClaim(text).name, result, source);
  }
  for (const coding of codings) {
    const row = isLocal(coding, source) ? rowOf(textOf(coding['code']), result, source) : undefined;
    if (row !== undefined) return row;
  }
  return undefined;
}

function rowOf(local: string, result: Result, { codes }: SourceTable): CodeRow | undefined {
  const rows = codes.get(local);
  return rows === undefined ? undefined : chooseRow(rows, result);
}

/** An item that is narrower than the local code, or only related to it, is not the item of its results. */
function meaningOfRow({ item, loinc, equivalence, version }: CodeRow): Meaning {
  const isIncluded = equivalence !== 'narrower' && equivalence !== 'relatedto';
  return { item: isIncluded ? item : undefined, loinc, isExact: isExact(equivalence), version };
}

/** A coding without a system is taken for the source's own, since that is what laboratories leave out. */
function isLocal(coding: JsonObject, source: SourceTable | undefined): boolean {
  return coding['system'] === undefined || coding['system'] === source?.system;
}

function itemSent(codings: readonly JsonObject[], tables: CodeTables): CatalogueItem | undefined {
  return codings.filter((coding) => coding['system'] === ITEM_SYSTEM).map((coding) => tables.items.get(textOf(coding['code']))).find((item) => item !== undefined);
}

function itemOfLoinc(loinc: string | undefined, tables: CodeTables): CatalogueItem | undefined {
  if (loinc === undefined) return undefined;
  const items = tables.itemsByLoinc.get(loinc) ?? [];
  return items.find((item) => item.loinc === loinc) ?? items[0];
}

function unknownCode(concept: JsonObject, codings: readonly JsonObject[], source: SourceTable | undefined): UnknownCode {
  const coding = codings.find((candidate) => isLocal(candidate, source)) ?? codings[0];
  // A star before the name is a claim, and the test the same without it.
  const text = readClaim(textOf(concept['text'])).name;
  return {
    system: textOf(coding?.['system']),
    code: (textOf(coding?.['code']) || text).slice(0, MAX_CODE_LENGTH),
    display: (readClaim(textOf(coding?.['display'])).name || text).slice(0, MAX_CODE_LENGTH),
  };
}
