import { isNumeric, numeralOf } from '../../fhir/json.ts';
import type { JsonObject } from '../../fhir/resource.ts';
import { INSTITUTIONS } from '../../district/institutions.ts';
import { sourceOfUri } from '../../normalize/index.ts';
import { SPEAKS } from './channels.ts';
import { COMMON_VALUE_URL, ITEM_SYSTEM } from '../../terminology/index.ts';
import { objectAt, objectsAt, textAt } from './client.ts';

/** One result as the table shows it. */
export interface ResultRow {
  readonly item: string;
  readonly display: string;
  readonly value: string;
  readonly unit: string;
  readonly flag: string;
  readonly institution: string;
  /** What its source spoke. */
  readonly channel: string;
  /** `2025-01-15 08:19`, local time. */
  readonly collected: string;
  /** In the unit in which all institutions are compared. */
  readonly common: string;
  readonly commonUnit: string;
}

/**
 * Reads a page of results.
 *
 * @param resources Observations that matched, and the Organizations that were included
 */
export function resultRows(resources: readonly JsonObject[]): readonly ResultRow[] {
  const names = new Map(resources.filter((resource) => resource['resourceType'] === 'Organization').map((resource) => [`Organization/${textAt(resource, 'id')}`, textAt(resource, 'name')]));
  return resources.filter((resource) => resource['resourceType'] === 'Observation').map((observation) => {
    const standard = objectsAt(observation, 'code', 'coding').find((coding) => coding['system'] === ITEM_SYSTEM);
    const quantity = objectAt(observation, 'valueQuantity');
    const converted = objectAt(objectsAt(quantity, 'extension').find((extension) => extension['url'] === COMMON_VALUE_URL), 'valueQuantity');
    const performer = textAt(observation, 'performer', '0', 'reference');
    const common = converted ?? (standard === undefined ? undefined : quantity);
    return {
      item: textAt(standard, 'code'),
      display: textAt(standard, 'display') || textAt(observation, 'code', 'text'),
      value: quantity === undefined ? textAt(observation, 'valueString') || textAt(observation, 'valueCodeableConcept', 'text') : printed(quantity),
      unit: textAt(quantity, 'unit'),
      flag: textAt(observation, 'interpretation', '0', 'coding', '0', 'code').replace('N', ''),
      institution: names.get(performer) ?? performer,
      channel: channelOf(textAt(observation, 'meta', 'source')),
      collected: textAt(observation, 'effectiveDateTime').slice(0, 16).replace('T', ' '),
      common: common === undefined ? '' : printed(common),
      commonUnit: textAt(common, 'code'),
    };
  });
}

/**
 * The items that at least so many institutions measured, each item's results together, the newest first.
 *
 * @param order the items in the order in which they are shown
 */
export function comparable(rows: readonly ResultRow[], institutions: number, order: Iterable<string>): readonly ResultRow[] {
  const byItem = Map.groupBy(rows, (row) => row.item);
  return [...order]
    .map((item) => byItem.get(item) ?? [])
    .filter((results) => new Set(results.map((row) => row.institution)).size >= institutions)
    .flatMap((results) => results.toSorted((a, b) => b.collected.localeCompare(a.collected)));
}

export const RESULT_COLUMNS = ['Item', 'Value', 'Unit', 'Flag', 'Institution', 'Came as', 'Collected', 'Common value', 'Unit'];

/** Cells of the rows under `RESULT_COLUMNS`; an item's name stands only before its first result. */
export function resultCells(rows: readonly ResultRow[]): readonly (readonly string[])[] {
  return rows.map((row, at) => [
    rows[at - 1]?.item === row.item ? '' : row.display, row.value, row.unit, row.flag, row.institution, row.channel, row.collected, row.common, row.commonUnit,
  ]);
}

function channelOf(uri: string): string {
  const institution = INSTITUTIONS.find(({ source }) => source === sourceOfUri(uri));
  return institution === undefined ? '' : SPEAKS[institution.channel];
}

function printed(quantity: JsonObject): string {
  const value = quantity['value'];
  return textAt(quantity, 'comparator') + (isNumeric(value) ? numeralOf(value) : '');
}
