import type { JsonObject, Resource } from '../../fhir/resource.ts';
import { isObject, textOf } from '../../fhir/resource.ts';
import { COMMON_VALUE_URL, ITEM_SYSTEM } from '../../terminology/index.ts';
import type { RecognitionTables } from '../catalogue/recognition-tables.ts';
import type { Institution, PersonGrade, PriorResult } from '../rules/facts.ts';
import { codingsOf, instantOf, nameOf, nonEmpty, objectsOf } from './elements.ts';

const TAG_SYSTEM = 'https://bund.example/CodeSystem/tag';
const UCUM_SYSTEM = 'http://unitsofmeasure.org';

/** A stored resource, parsed. */
export interface ReadResource { readonly resource: Resource; readonly version: number }

/** What else must be known to read a result. */
export interface Surroundings {
  readonly report: ReadResource | undefined;
  readonly specimen: JsonObject | undefined;
  readonly patient: string;
  readonly grade: PersonGrade;
  readonly performer: Institution | undefined;
  /** UCUM unit in which the item is compared, '' for results in words; undefined for an item without one. */
  readonly unitOf: (item: string) => string | undefined;
  readonly tables: Pick<RecognitionTables, 'specimenClass' | 'bodySite'>;
  readonly offsetMinutes: number;
}

/** The facts of a laboratory result, as its source sent them. Pure; whatever is missing is undefined, nothing is guessed. */
export function priorOfObservation({ resource, version }: ReadResource, about: Surroundings): PriorResult {
  const { report, specimen, offsetMinutes } = about;
  const item = itemOf(resource);
  const collection = isObject(specimen?.['collection']) ? specimen['collection'] : {};
  return {
    reference: `Observation/${textOf(resource.id)}`,
    version,
    report: report === undefined ? undefined : `DiagnosticReport/${textOf(report.resource.id)}`,
    patient: about.patient,
    grade: about.grade,
    kind: 'result',
    item,
    isExact: item !== undefined && !hasTag(resource, 'inexact-code'),
    statuses: [resource, ...(report === undefined ? [] : [report.resource])].map(({ status }) => nonEmpty(textOf(status)) ?? 'unknown'),
    specimen: about.tables.specimenClass(specimen?.['type']),
    bodySite: about.tables.bodySite(resource['bodySite']),
    laterality: undefined,
    contrast: undefined,
    modality: undefined,
    method: nameOf(resource['method']),
    instrument: instrumentOf(resource),
    unit: unitOf(resource, item === undefined ? undefined : about.unitOf(item)),
    collectedAt: instantOf(collection['collectedDateTime'] ?? collection['collectedPeriod'], offsetMinutes),
    effectiveAt: effectiveOf(resource, offsetMinutes),
    issuedAt: instantOf(resource['issued'] ?? report?.resource['issued'], offsetMinutes),
    performer: about.performer,
    hasImages: false,
  };
}

/** The item of the catalogue that the codes of a result name. */
export function itemOf({ code }: JsonObject): string | undefined {
  return nonEmpty(codingsOf(code).find(({ system }) => system === ITEM_SYSTEM)?.code);
}

export function effectiveOf({ effectiveDateTime, effectiveInstant, effectivePeriod }: JsonObject, offsetMinutes: number): string | undefined {
  return instantOf(effectiveDateTime ?? effectiveInstant ?? effectivePeriod, offsetMinutes);
}

export function hasTag({ meta }: JsonObject, code: string): boolean {
  return objectsOf(isObject(meta) ? meta['tag'] : undefined).some((tag) => tag['system'] === TAG_SYSTEM && tag['code'] === code);
}

/** The value of a Quantity in the unit of the item, where the exchange put it beside. */
export function commonValueOf(quantity: JsonObject): JsonObject | undefined {
  const extension = objectsOf(quantity['extension']).find(({ url }) => url === COMMON_VALUE_URL);
  return isObject(extension?.['valueQuantity']) ? extension['valueQuantity'] : undefined;
}

function instrumentOf({ device }: JsonObject): string | undefined {
  if (!isObject(device)) return undefined;
  const identifier = isObject(device['identifier']) ? textOf(device['identifier']['value']) : '';
  return nonEmpty(textOf(device['display'])) ?? nonEmpty(identifier) ?? nonEmpty(textOf(device['reference']));
}

/** A result without a value, or in words where a number is compared, is as little convertible as one in an unknown unit. */
function unitOf(observation: Resource, unit: string | undefined): PriorResult['unit'] {
  const { valueQuantity, valueCodeableConcept, valueString } = observation;
  if (isObject(valueQuantity)) return hasTag(observation, 'unmapped-unit') ? 'unknown' : unitOfQuantity(valueQuantity, unit);
  const isInWords = isObject(valueCodeableConcept) || (typeof valueString === 'string' && valueString.trim() !== '');
  return isInWords && unit === '' ? 'none' : 'unknown';
}

function unitOfQuantity(quantity: JsonObject, unit: string | undefined): PriorResult['unit'] {
  if (quantity['value'] === undefined || unit === undefined) return 'unknown';
  if (commonValueOf(quantity) !== undefined) return 'converted';
  const [code, text] = [textOf(quantity['code']), textOf(quantity['unit'])];
  if (quantity['system'] === UCUM_SYSTEM && code === unit) return 'common';
  // A ratio such as INR is often sent without its unit, which `{INR}` only names.
  return code === '' && text === '' && (unit === '' || /^\{[^{}]+\}$/.test(unit)) ? 'common' : 'unknown';
}
