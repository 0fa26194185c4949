import { describe, expect, it } from 'vitest';
import { structureOfType } from '../../../src/fhir/definitions/model.ts';
import type { JsonObject } from '../../../src/fhir/resource.ts';
import { minimalResource } from './minimal.ts';
import { definitions, faultsOf } from './validate.ts';

/** What invariants demand of a type beyond its structure. */
const BESIDES: Readonly<Record<string, JsonObject>> = {
  AllergyIntolerance: { clinicalStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' }] } },
  Appointment: { participant: [{ status: 'accepted', actor: { reference: 'Patient/1' } }] },
  AppointmentResponse: { actor: { reference: 'Patient/1' } },
  Bundle: { type: 'collection' },
  CapabilityStatement: { kind: 'requirements', description: 'x', rest: [{ mode: 'server' }] },
  Consent: { policyRule: { text: 'x' } },
  EventDefinition: { trigger: [{ type: 'named-event', name: 'x' }] },
  ImmunizationRecommendation: { recommendation: [{ forecastStatus: { text: 'x' }, targetDisease: { text: 'x' } }] },
  InsurancePlan: { name: 'x' },
  Linkage: { item: [1, 2].map((n) => ({ type: 'source', resource: { reference: `Patient/${n}` } })) },
  Organization: { name: 'x' },
  StructureDefinition: { type: 'Patient', kind: 'resource', differential: { element: [{ id: 'Patient', path: 'Patient' }] } },
  TerminologyCapabilities: { kind: 'requirements', description: 'x' },
};

describe('each of the 146 resource types', () => {
  it('is there', () => {
    expect(definitions.resourceTypes).toHaveLength(146);
  });

  it.each(definitions.resourceTypes.map((type) => [type]))('%s passes with what it requires', (type) => {
    expect(faultsOf({ ...minimalResource(type), ...BESIDES[type] })).toEqual([]);
  });

  it.each(definitions.resourceTypes.map((type) => [type]))('%s is refused without it, each element named', (type) => {
    const required = (structureOfType(definitions, type)?.root.children ?? []).filter((child) => child.min > 0).map((child) => `required ${type}.${child.name}`);
    expect(faultsOf({ resourceType: type })).toEqual(expect.arrayContaining(required));
  });

  it.each(definitions.resourceTypes.map((type) => [type]))('%s knows its own elements only', (type) => {
    expect(faultsOf({ ...minimalResource(type), noSuchElement: 1 })).toContain(`structure ${type}.noSuchElement`);
  });
});
