import { decimal } from '../../fhir/json.ts';
import type { JsonObject, Resource } from '../../fhir/resource.ts';
import type { Quality, Share } from './quality.ts';
import { EXPECTED_ELEMENTS, overallScore, scoreOf } from './quality.ts';
import type { QualityGroup } from './quality-measure.ts';
import { IMPROVEMENT, QUALITY_MEASURE, QUALITY_SYSTEM } from './quality-measure.ts';

const POPULATION = 'http://terminology.hl7.org/CodeSystem/measure-population';
const RATIO: JsonObject = { system: 'http://unitsofmeasure.org', code: '1' };
const MINUTES: JsonObject = { unit: 'min', system: 'http://unitsofmeasure.org', code: 'min' };

/**
 * The quality of a source as a MeasureReport.
 *
 * @param of device: reference of the source's Device; from and to: instants, the time whose messages count
 * @see https://hl7.org/fhir/R4/measurereport.html
 */
export function qualityReport(quality: Quality, of: { readonly device: string; readonly from: string; readonly to: string }): Resource {
  const overall = overallScore(quality);
  return {
    resourceType: 'MeasureReport',
    status: 'complete',
    type: 'summary',
    measure: QUALITY_MEASURE,
    subject: { reference: of.device },
    date: of.to,
    period: { start: of.from, end: of.to },
    improvementNotation: IMPROVEMENT,
    group: [
      { ...group('completeness', quality.completeness), stratifier: [elements(quality)] },
      group('timeliness', quality.timeliness),
      { code: coded('delay-p95'), ...(quality.delayP95Minutes === undefined ? {} : { measureScore: { value: number(quality.delayP95Minutes, 1), ...MINUTES } }) },
      group('validity', quality.validity),
      group('mapping', quality.mapping),
      group('uniqueness', quality.uniqueness),
      { code: coded('score'), ...(overall === undefined ? {} : { measureScore: ratio(overall) }) },
    ],
  };
}

function group(code: QualityGroup, share: Share): JsonObject {
  return { code: coded(code), population: populations(share), ...scored(share) };
}

function elements({ elements: shares }: Quality): JsonObject {
  return {
    code: [coded('element')],
    stratum: EXPECTED_ELEMENTS.map((element) => ({ value: coded(element), population: populations(shares[element]), ...scored(shares[element]) })),
  };
}

function populations({ numerator, denominator }: Share): JsonObject[] {
  return [['numerator', numerator] as const, ['denominator', denominator] as const].map(([code, count]) => ({ code: { coding: [{ system: POPULATION, code }] }, count }));
}

function scored(share: Share): JsonObject {
  const score = scoreOf(share);
  return score === undefined ? {} : { measureScore: ratio(score) };
}

function ratio(score: number): JsonObject {
  return { value: number(score, 4), ...RATIO };
}

function number(value: number, digits: number): JsonObject[string] {
  return decimal(String(Number(value.toFixed(digits))));
}

function coded(code: string): JsonObject {
  return { coding: [{ system: QUALITY_SYSTEM, code }] };
}
