import { resourceOf } from '../fhir/body.ts';
import { isNumeric, numberOf } from '../fhir/json.ts';
import type { JsonObject, Resource } from '../fhir/resource.ts';
import { isObject, textOf } from '../fhir/resource.ts';
import type { Clause } from '../fhir/search/query.ts';
import type { Services } from '../services.ts';
import type { UnitTables } from './measure.ts';
import { measureOf, unitOf } from './measure.ts';
import type { ItemEvidence } from './suggest-items.ts';
import { ITEM_SYSTEM } from './systems.ts';
import type { CatalogueItem } from './tables.ts';

/** How many results are looked at, the newest first. */
const SAMPLE = 100;

/** Results that tell what a code or unit may mean. */
export async function resultsWith({ store }: Pick<Services, 'store'>, where: readonly Clause[]): Promise<readonly Resource[]> {
  const { items } = await store.search({ type: 'Observation', where, sort: [], limit: SAMPLE });
  return items.map(({ body }) => resourceOf(body));
}

/** What results say that are mapped to an item. */
export async function evidenceOf(services: Pick<Services, 'store'>, item: CatalogueItem, units: UnitTables): Promise<ItemEvidence> {
  const results = await resultsWith(services, [{ kind: 'token', param: 'code', anyOf: [{ system: ITEM_SYSTEM, code: item.item }] }]);
  const values = results.map((result) => result['valueQuantity']).filter(isObject).flatMap((quantity) => valueIn(quantity, units)).flatMap(({ value, ucum }) => {
    const measure = measureOf(item, ucum, undefined);
    return measure === undefined ? [] : [value * measure.factor];
  });
  return { values, specimens: specimensOf(results) };
}

/** A result, and its components. */
export function partsOf(result: Resource): readonly JsonObject[] {
  return [result, ...Array.isArray(result['component']) ? result['component'].filter(isObject) : []];
}

/** The codings of a part. */
export function codesOf(part: JsonObject): readonly JsonObject[] {
  return isObject(part['code']) && Array.isArray(part['code']['coding']) ? part['code']['coding'].filter(isObject) : [];
}

/** The value of a Quantity with the UCUM code of its unit, where that is understood. */
export function valueIn(quantity: JsonObject, units: UnitTables): readonly { readonly value: number; readonly ucum: string }[] {
  const unit = unitOf(quantity, units);
  return unit === undefined || !isNumeric(quantity['value']) ? [] : [{ value: numberOf(quantity['value']), ucum: unit.ucum }];
}

export function specimensOf(results: readonly Resource[]): readonly string[] {
  return [...new Set(results.map(({ specimen }) => (isObject(specimen) ? textOf(specimen['display']) : '')))].filter((name) => name !== '');
}
