import { createRequire } from 'node:module';
import type * as FhirPath from 'fhirpath';
import { describe, expect, it } from 'vitest';
import type { ElementModel } from '../../../src/fhir/definitions/model.ts';
import { compilePath, plain } from '../../../src/fhir/path/compile.ts';
import type { JsonObject, Resource } from '../../../src/fhir/resource.ts';
import { definitions } from '../definitions.ts';

const require = createRequire(import.meta.url);
const library = require('fhirpath') as typeof FhirPath;
const r4 = require('fhirpath/fhir-context/r4') as FhirPath.Model;

function elementsOf(element: ElementModel): readonly ElementModel[] {
  return [element, ...element.children.flatMap(elementsOf), ...(element.slices ?? []).flatMap(elementsOf)];
}

describe('the expressions of R4', () => {
  it('compiles every invariant of severity error but the two on narrative text', () => {
    const elements = [...definitions.structures.values()].flatMap((structure) => elementsOf(structure.root));
    const uncompiled = elements.flatMap((focus) => focus.constraints.filter(({ severity }) => severity === 'error').flatMap(({ key, expression }) => {
      const result = compilePath(expression, { definitions, focus });
      return result.ok ? [] : [`${key}: ${result.reason}`];
    }));
    expect(uncompiled).toEqual(['txt-1: htmlChecks() is a rule of the validator', 'txt-2: htmlChecks() is a rule of the validator']);
  });

  it('compiles every search expression for every type, to something that the type has', () => {
    const faults = definitions.resourceTypes.flatMap((type) => {
      const bases = new Set([type, 'Resource', 'DomainResource']);
      return definitions.searchParameters.filter(({ base, expression }) => expression !== undefined && base.some((name) => bases.has(name))).flatMap(({ code, expression = '' }) => {
        const result = compilePath(expression, { definitions, focus: type });
        if (!result.ok) return [`${type} ${code}: ${result.reason}`];
        return result.path.shapes?.length === 0 ? [`${type} ${code}: leads nowhere`] : [];
      });
    });
    expect(faults).toEqual([]);
  });
});

const MG = { unit: 'mg', system: 'http://unitsofmeasure.org', code: 'mg' };

/** Elements that break and keep rules in turn; the library is the judge of both. */
const CASES: readonly (readonly [type: string, value: JsonObject])[] = [
  ['Period', { start: '2026-03-02', end: '2026-03-01' }], ['Period', { start: '2026-03-01', end: '2026-03-02' }], ['Period', { start: '2026' }],
  ['Range', { low: { value: 5, ...MG }, high: { value: 4, ...MG } }], ['Range', { low: { value: 3, ...MG }, high: { value: 4, ...MG } }], ['Range', { low: { value: 4 } }],
  ['Quantity', { value: 1, code: 'mg' }], ['Quantity', { value: 1, code: 'mg', system: 'http://unitsofmeasure.org' }],
  ['ContactPoint', { value: '1' }], ['ContactPoint', { value: '1', system: 'phone' }],
  ['Ratio', { numerator: { value: 1 } }], ['Ratio', { numerator: { value: 1 }, denominator: { value: 2 } }], ['Ratio', {}],
  ['Attachment', { data: 'AA==' }], ['Attachment', { data: 'AA==', contentType: 'text/plain' }],
  ['Age', { value: -1, code: 'a', system: 'http://unitsofmeasure.org' }], ['Age', { value: 3, code: 'a', system: 'http://unitsofmeasure.org' }],
  ['Count', { value: 1.5, code: '1', system: 'http://unitsofmeasure.org' }], ['Duration', { value: 3, code: 'h' }],
];

const RESOURCES: readonly Resource[] = [
  { resourceType: 'Observation', status: 'final', code: { coding: [{ code: 'a' }] }, valueString: 'x', dataAbsentReason: { text: 'y' }, component: [{ code: { coding: [{ code: 'a' }] }, valueInteger: 1 }], referenceRange: [{}] },
  { resourceType: 'Patient', contact: [{ relationship: [{ text: 'x' }] }, { name: { text: 'y' } }] },
  { resourceType: 'Bundle', type: 'document', entry: [{ fullUrl: 'urn:uuid:1', resource: { resourceType: 'Patient' } }, { fullUrl: 'urn:uuid:1', resource: { resourceType: 'Patient' } }] },
  { resourceType: 'Bundle', type: 'searchset', total: 1, entry: [{ fullUrl: 'http://a/_history/1', request: { method: 'GET', url: 'x' } }] },
  { resourceType: 'Appointment', status: 'booked', start: '2026-03-01T08:00:00Z', cancelationReason: { text: 'x' }, participant: [{ status: 'accepted' }] },
  { resourceType: 'Condition', abatementString: 'x', clinicalStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }] }, stage: [{ type: { text: 'x' } }] },
  { resourceType: 'Questionnaire', status: 'draft', item: [{ linkId: '1', type: 'group' }, { linkId: '1', type: 'display', required: true, code: [{ code: 'x' }] }] },
  { resourceType: 'MedicationDispense', whenPrepared: '2026-03-02', whenHandedOver: '2026-03-01' },
  { resourceType: 'Task', lastModified: '2026-03-01', authoredOn: '2026-03-02' },
  { resourceType: 'ValueSet', compose: { include: [{ concept: [{ code: 'a' }], filter: [{ op: '=' }] }] } },
  { resourceType: 'StructureDefinition', url: 'http://hl7.org/fhir/StructureDefinition/x', kind: 'resource', type: 'X', abstract: false, snapshot: { element: [{ id: 'X', path: 'X', min: 0, max: '1', definition: 'd' }, { path: 'Y.z' }] } },
];

describe('the invariants of R4', () => {
  it.each(CASES)('judges %s %j as the FHIRPath library does', (type, value) => {
    const focus = definitions.structures.get(`http://hl7.org/fhir/StructureDefinition/${type}`)?.root;
    expect(focus).toBeDefined();
    for (const { key, expression } of focus?.constraints ?? []) {
      const ours = compilePath(expression, { definitions, focus: type });
      expect([key, ours.ok ? ours.path.evaluate(value) : ours.reason]).toEqual([key, library.evaluate(value, { base: type, expression }, {}, r4)]);
    }
  });

  it.each(RESOURCES)('judges a faulty $resourceType as the FHIRPath library does', (resource) => {
    const root = definitions.structures.get(`http://hl7.org/fhir/StructureDefinition/${resource.resourceType}`)?.root;
    const elements = root === undefined ? [] : elementsOf(root).filter(({ contentReference }) => contentReference === undefined);
    const variables = { resource, rootResource: resource };
    for (const element of elements) {
      const place = compilePath(element.path.replace('[x]', ''), { definitions, focus: resource.resourceType });
      const values = place.ok ? place.path.evaluate(resource).map((item) => plain(item) ?? null) : [];
      for (const { key, expression } of element.constraints) {
        const ours = compilePath(expression, { definitions, focus: element });
        for (const value of values) {
          const theirs: unknown[] = library.evaluate(value, element.path.includes('.') ? { base: element.path, expression } : expression, variables, r4, { traceFn: () => undefined });
          expect([key, ours.ok ? ours.path.evaluate(value, variables) : ours.reason]).toEqual([key, theirs]);
        }
      }
    }
  });
});
