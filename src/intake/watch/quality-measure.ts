import type { JsonObject, Resource } from '../../fhir/resource.ts';

/** Canonical of the Measure by which the data of a source is judged. */
export const QUALITY_MEASURE = 'https://bund.example/Measure/source-quality';
/** Codes of its groups, and of the elements within completeness. */
export const QUALITY_SYSTEM = 'https://bund.example/CodeSystem/source-quality';
export const IMPROVEMENT: JsonObject = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/measure-improvement-notation', code: 'increase' }] };

/** What each group of a report says. */
export const QUALITY_GROUPS = {
  completeness: 'Expected elements that laboratory results have: code, value, unit, reference range, time of collection, performer',
  timeliness: 'Laboratory results received within the time that the source\'s description allows after they were issued',
  'delay-p95': 'Minutes from issue to receipt within which 95 of 100 laboratory results came',
  validity: 'Messages that were accepted in whole',
  mapping: 'Laboratory results in which every code and unit is mapped',
  uniqueness: 'Messages that came once, and laboratory results that are not there a second time under another id',
  score: 'Mean of completeness, timeliness, validity, mapping and uniqueness',
} as const;
export type QualityGroup = keyof typeof QUALITY_GROUPS;

export const QUALITY_MEASURE_RESOURCE: Resource & { readonly id: string } = {
  resourceType: 'Measure',
  id: 'source-quality',
  url: QUALITY_MEASURE,
  name: 'SourceQuality',
  title: 'Quality of the data of a source',
  status: 'active',
  description: 'Judges a sending system by the last laboratory results that it sent and by what became of its messages in the last seven days',
  improvementNotation: IMPROVEMENT,
  group: Object.entries(QUALITY_GROUPS).map(([code, description]) => ({
    code: { coding: [{ system: QUALITY_SYSTEM, code }] },
    description,
    population: (['numerator', 'denominator'] as const).map((population) => ({
      code: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/measure-population', code: population }] },
      criteria: { language: 'text/plain', expression: `${population} of ${code}` },
    })),
  })),
};
