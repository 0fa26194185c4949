import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../../src/fhir/json.ts';
import { isObject } from '../../../src/fhir/resource.ts';
import type { JsonObject, JsonValue } from '../../../src/fhir/resource.ts';
import { minimalResource } from './minimal.ts';
import { definitions, faultsOf, isFault, observation, patient, PROFILE, validate } from './validate.ts';

const SEVERITIES = ['fatal', 'error', 'warning', 'information'];
const profiles = [...definitions.structures.keys()].filter((url) => url.startsWith(PROFILE));
const resourceType = fc.constantFrom(...definitions.resourceTypes);
const json = fc.jsonValue({ maxDepth: 6 }).map((value) => parseJson(JSON.stringify(value)));

/** Fails when the answer is not one that can be shown to a sender. */
function expectAnswer(resource: unknown): void {
  for (const issue of validate(resource, { profiles, bestPractice: true })) {
    expect(SEVERITIES).toContain(issue.severity);
    expect(issue.diagnostics).toMatch(/\S/);
    expect(issue.expression).toMatch(/^[A-Z]/);
  }
}

/** Puts a value at the place that the numbers choose, going down from the root. */
function mutated(value: JsonValue, path: readonly number[], replacement: unknown): JsonValue {
  const [step, ...rest] = path;
  if (step === undefined || typeof value !== 'object' || value === null || JSON.isRawJSON(value)) return replacement as JsonValue;
  if (Array.isArray(value)) return value.length === 0 ? value : value.map((item: JsonValue, i) => (i === step % value.length ? mutated(item, rest, replacement) : item));
  if (!isObject(value)) return value;
  const names = Object.keys(value);
  const chosen = names[step % names.length];
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, name === chosen && item !== undefined ? mutated(item, rest, replacement) : item]));
}

const ORIGINALS: readonly JsonObject[] = [
  observation(), patient({ contained: [{ resourceType: 'Organization', id: 'o', name: 'x' }], managingOrganization: { reference: '#o' } }),
  { resourceType: 'Bundle', type: 'transaction', entry: [{ resource: observation(), request: { method: 'POST', url: 'Observation' } }] },
  { resourceType: 'Questionnaire', status: 'draft', item: [{ linkId: '1', type: 'choice', answerOption: [{ valueString: 'a' }], enableWhen: [{ question: '2', operator: '=', answerBoolean: true }] }] },
  { resourceType: 'Patient', identifier: [{ system: 'urn:oid:2.16.840.1.113883.2.23.1.19.1', value: '310101199003071230' }], name: [{ text: 'x', _text: { id: 'a' } }] },
];

describe('validation', () => {
  it('answers to any JSON without throwing', () => {
    fc.assert(fc.property(json, (value) => expectAnswer(value)), { numRuns: 300 });
  });

  it('answers to any content under a known type', () => {
    fc.assert(fc.property(resourceType, json, (type, value) => expectAnswer(isObject(value) ? { ...value, resourceType: type } : { resourceType: type, id: value, text: value, status: value })), { numRuns: 300 });
  });

  it('answers to any value at any place of a sound resource', () => {
    fc.assert(fc.property(fc.constantFrom(...ORIGINALS), fc.array(fc.nat(20), { maxLength: 6 }), json, (original, path, value) => expectAnswer(mutated(original, path, value))), { numRuns: 2000 });
  });

  it('answers to elements that are renamed', () => {
    fc.assert(fc.property(fc.constantFrom(...ORIGINALS), fc.nat(20), fc.string(), (original, at, name) => {
      const entries = Object.entries(original).map(([key, value], i) => [i === at && key !== 'resourceType' ? name : key, value] as const);
      expectAnswer(parseJson(JSON.stringify(Object.fromEntries(entries))));
    }), { numRuns: 500 });
  });

  it('gives the same answer again, and after a round trip through JSON', () => {
    fc.assert(fc.property(fc.constantFrom(...ORIGINALS), fc.array(fc.nat(20), { maxLength: 4 }), json, (original, path, value) => {
      const resource = parseJson(JSON.stringify(mutated(original, path, value)));
      const issues = validate(resource);
      expect(validate(resource)).toEqual(issues);
      expect(validate(parseJson(JSON.stringify(resource)))).toEqual(issues);
    }), { numRuns: 300 });
  });

  it('leaves what it looks at as it was', () => {
    fc.assert(fc.property(resourceType, json, (type, value) => {
      const resource = { ...(isObject(value) ? value : {}), ...minimalResource(type) };
      const before = JSON.stringify(resource);
      validate(resource, { profiles });
      expect(JSON.stringify(resource)).toBe(before);
    }), { numRuns: 200 });
  });

  it('finds each element that is taken out of what a type requires', () => {
    fc.assert(fc.property(resourceType, fc.nat(10), (type, at) => {
      const resource = minimalResource(type);
      const names = Object.keys(resource).filter((name) => name !== 'resourceType');
      const name = names[at % Math.max(1, names.length)];
      if (name === undefined) return;
      const issues = validate({ ...resource, [name]: undefined }).filter(isFault);
      expect(issues.some(({ code }) => code === 'required')).toBe(true);
    }), { numRuns: 300 });
  });

  it('goes down as deep as the parser lets through', () => {
    const nested = (depth: number): JsonObject => ({ url: 'https://a.example', ...(depth === 0 ? { valueString: 'x' } : { extension: [nested(depth - 1)] }) });
    expect(faultsOf(patient({ extension: [nested(29)] }))).toEqual([]);
  });
});
