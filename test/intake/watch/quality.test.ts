import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type { Resource } from '../../../src/fhir/resource.ts';
import { isResource } from '../../../src/fhir/resource.ts';
import { overallScore, qualityOf, scoreOf } from '../../../src/intake/watch/quality.ts';
import { NO_MESSAGES } from '../../../src/intake/watch/source-day.ts';

const WHOLE: Resource = {
  resourceType: 'Observation', id: 'o1', status: 'final', subject: { reference: 'Patient/1' }, issued: '2026-03-01T09:00:00+08:00', effectiveDateTime: '2026-03-01T08:00:00+08:00',
  code: { coding: [{ system: 'http://loinc.org', code: '14749-6' }] }, valueQuantity: { value: 5.6, unit: 'mmol/L' }, referenceRange: [{ text: '3.9-6.1' }], performer: [{ reference: 'Organization/lab' }],
};
const received = (time: string, resource = WHOLE) => ({ resource, received: `2026-03-01T${time}:00+08:00` });

describe('the quality of a source', () => {
  it('is whole for results that have everything, in time, mapped and once', () => {
    const quality = qualityOf([received('09:10')], { ...NO_MESSAGES, processed: 4 }, 60);
    expect(overallScore(quality)).toBe(1);
    expect(quality.delayP95Minutes).toBe(10);
  });

  it('names the elements that are missing, and asks for unit and range of measured values only', () => {
    const { referenceRange: _range, performer: _performer, ...poorer } = WHOLE;
    const { valueQuantity: _quantity, ...words } = poorer;
    const quality = qualityOf([received('09:10'), received('09:10', { ...poorer, resourceType: 'Observation' }), received('09:10', { ...words, resourceType: 'Observation', valueString: '阴性' })], NO_MESSAGES, 60);
    expect(quality.elements).toMatchObject({ range: { numerator: 1, denominator: 2 }, unit: { numerator: 2, denominator: 2 }, performer: { numerator: 1, denominator: 3 }, value: { numerator: 3, denominator: 3 } });
    expect(scoreOf(quality.completeness)).toBeCloseTo(13 / 16);
  });

  it('counts as late what came later than allowed, and tells within which time nearly all came', () => {
    const quality = qualityOf(Array.from({ length: 100 }, (_, at) => ({ ...received('09:00'), received: new Date(Date.parse('2026-03-01T09:00:00+08:00') + at * 60_000).toISOString() })), NO_MESSAGES, 59);
    expect(quality.timeliness).toEqual({ numerator: 60, denominator: 100 });
    expect(quality.delayP95Minutes).toBe(94);
    expect(qualityOf([{ resource: WHOLE, received: undefined }], NO_MESSAGES, 59).delayP95Minutes).toBeUndefined();
  });

  it('sees what is not mapped, what is there twice, what came again and what was refused', () => {
    const marked: Resource = { ...WHOLE, id: 'o2', effectiveDateTime: '2026-03-01T07:00:00+08:00', meta: { tag: [{ system: 'https://bund.example/CodeSystem/tag', code: 'unmapped-unit' }] } };
    const quality = qualityOf([received('09:10'), received('09:10', { ...WHOLE, id: 'again' }), received('09:10', marked)], { processed: 6, partial: 1, refused: 1, unfinished: 5, repeats: 2 }, 60);
    expect(quality).toMatchObject({ mapping: { numerator: 2, denominator: 3 }, uniqueness: { numerator: 8, denominator: 11 }, validity: { numerator: 6, denominator: 8 } });
  });

  it('is unknown of a source that sent nothing', () => {
    expect(overallScore(qualityOf([], NO_MESSAGES, 60))).toBeUndefined();
  });

  it('is a number from 0 to 1 whatever the results look like', () => {
    const damaged = fc.record({
      resourceType: fc.constant('Observation'), subject: fc.jsonValue(), code: fc.oneof(fc.jsonValue(), fc.record({ coding: fc.array(fc.jsonValue()) })), issued: fc.oneof(fc.string(), fc.constant('2026-03-01T09:00:00Z')),
      effectiveDateTime: fc.jsonValue(), effectivePeriod: fc.jsonValue(), valueQuantity: fc.jsonValue(), referenceRange: fc.jsonValue(), performer: fc.jsonValue(), meta: fc.jsonValue(), component: fc.jsonValue(),
    }, { requiredKeys: ['resourceType'] });
    fc.assert(fc.property(fc.array(damaged, { maxLength: 8 }), fc.nat(20), fc.nat(20), fc.nat(60), (results, processed, refused, repeats) => {
      const sample = results.map((resource) => ({ resource: JSON.parse(JSON.stringify(resource)) as unknown, received: '2026-03-01T09:00:00Z' })).filter((one): one is { resource: Resource; received: string } => isResource(one.resource));
      const score = overallScore(qualityOf(sample, { ...NO_MESSAGES, processed, refused, repeats }, 60));
      if (score === undefined) expect(results.length + processed + refused).toBe(0);
      else expect(score >= 0 && score <= 1).toBe(true);
    }));
  });
});
