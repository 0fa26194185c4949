import type { Caller } from '../access/index.ts';
import { authorize } from '../access/index.ts';
import { recordTrace } from '../audit/index.ts';
import { isNumeric, numberOf } from '../fhir/json.ts';
import type { JsonObject } from '../fhir/resource.ts';
import { isObject, textOf } from '../fhir/resource.ts';
import type { Services } from '../services.ts';
import { codesOf, evidenceOf, partsOf, resultsWith } from './evidence.ts';
import { requireKnownSource } from './known-source.ts';
import type { UnitSuggestion } from './suggest-units.ts';
import { spellingsOfUnits, suggestUnits } from './suggest-units.ts';
import { ITEM_SYSTEM } from './systems.ts';
import type { CatalogueItem, CodeTables } from './tables.ts';
import { isUcum } from './ucum.ts';
import { unmappedResults } from './list-unmapped.ts';

const SHOWN = 10;

/**
 * Which UCUM code a unit may stand for that no table knows, with every reason: its spelling, the tests that came with it, and
 * their values against those that are known. Nothing of whose results they are is told.
 *
 * @param asked.unit as the source writes it
 * @throws ServiceError 'forbidden'; 'not-found' for a source that nobody knows
 */
export async function suggestUnit(services: Services, caller: Caller, { source, unit }: { readonly source: string; readonly unit: string }): Promise<readonly UnitSuggestion[]> {
  await authorize(services, caller, { action: 'terminology-read' });
  requireKnownSource(services, source);
  const { codes } = services;
  const results = await resultsWith(services, unmappedResults({ source, kind: 'unit', system: '', code: unit }));
  const parts = results.flatMap(partsOf).filter((part) => unitText(part) === unit);
  const values = Map.groupBy(parts.flatMap((part) => valuesOf(part, codes)), ({ item }) => item);
  const tests = await Promise.all([...values].map(async ([item, of]) => {
    const known = await evidenceOf(services, item, { tables: codes, source: codes.sources.get(source), isUcum });
    return { item, values: of.map(({ value }) => value), known: known.values };
  }));
  await recordTrace(services, caller, { action: 'search', interaction: 'terminology-read', outcome: 'success', query: `suggestions?source=${source}&unit=${encodeURIComponent(unit)}` });
  return suggestUnits({ sent: unit, tests }, spellingsOfUnits(codes)).slice(0, SHOWN);
}

function unitText(part: JsonObject): string {
  const quantity = isObject(part['valueQuantity']) ? part['valueQuantity'] : {};
  return textOf(quantity['unit']) || textOf(quantity['code']);
}

/** Of a part whose code is known: the item, and the value as sent. */
function valuesOf(part: JsonObject, { items }: CodeTables): readonly { readonly item: CatalogueItem; readonly value: number }[] {
  const item = codesOf(part).flatMap(({ system, code }) => (system === ITEM_SYSTEM ? items.get(textOf(code)) ?? [] : []))[0];
  const value = isObject(part['valueQuantity']) ? part['valueQuantity']['value'] : undefined;
  return item === undefined || !isNumeric(value) ? [] : [{ item, value: numberOf(value) }];
}
