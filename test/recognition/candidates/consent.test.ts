import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import type { JsonObject, Resource } from '../../../src/fhir/resource.ts';
import { isRefused } from '../../../src/recognition/candidates/consent.ts';

const RESULT = { reference: 'Observation/o1', report: 'DiagnosticReport/r1', resource: { code: { coding: [{ system: 'http://loinc.org', code: '14647-2' }] }, effectiveDateTime: '2026-11-10T08:00:00+08:00', meta: { security: [{ system: 's', code: 'R' }] } } };
const ASKING = { organization: 'org-a', now: new Date('2026-11-20T02:00:00Z'), offsetMinutes: 480 };

function consent(provision: JsonObject, status = 'active'): Resource {
  return { resourceType: 'Consent', status, provision };
}
const refused = (...consents: Resource[]): boolean => isRefused(consents, RESULT, ASKING);
const toOrganization = (id: string): JsonObject => ({ role: { text: 'recipient' }, reference: { reference: `Organization/${id}` } });

describe('isRefused', () => {
  it('lets a result be seen where nobody denied it', () => {
    assert.equal(refused(), false);
    assert.equal(refused(consent({ type: 'permit' })), false);
    assert.equal(refused(consent({})), false);
  });

  it.each([
    ['everything', {}, true],
    ['this institution', { actor: [toOrganization('org-a')] }, true],
    ['another institution', { actor: [toOrganization('org-b')] }, false],
    ['a person, who may work here', { actor: [{ reference: { reference: 'Practitioner/p' } }] }, true],
    ['a period that is over', { period: { end: '2026-11-19' } }, false],
    ['a period that ends today', { period: { end: '2026-11-20' } }, true],
    ['a period to come', { period: { start: '2026-11-21' } }, false],
    ['Observations', { class: [{ system: 'http://hl7.org/fhir/resource-types', code: 'Observation' }] }, true],
    ['medication', { class: [{ code: 'MedicationRequest' }] }, false],
    ['this test', { code: [{ coding: [{ system: 'http://loinc.org', code: '14647-2' }] }] }, true],
    ['another test', { code: [{ coding: [{ system: 'http://loinc.org', code: '718-7' }] }] }, false],
    ['this report', { data: [{ meaning: 'instance', reference: { reference: 'DiagnosticReport/r1' } }] }, true],
    ['another report', { data: [{ meaning: 'instance', reference: { reference: 'DiagnosticReport/r2' } }] }, false],
    ['restricted data', { securityLabel: [{ system: 's', code: 'R' }] }, true],
    ['very restricted data', { securityLabel: [{ system: 's', code: 'V' }] }, false],
    ['its correction', { action: [{ coding: [{ code: 'correct' }] }] }, false],
    ['its disclosure', { action: [{ coding: [{ code: 'disclose' }] }] }, true],
    ['research', { purpose: [{ code: 'HRESCH' }] }, false],
    ['treatment', { purpose: [{ code: 'TREAT' }] }, true],
    ['results of an earlier year', { dataPeriod: { start: '2025', end: '2025' } }, false],
  ] as const)('obeys a denial of %s', (_what, rule, expected) => {
    assert.equal(refused(consent({ type: 'deny', ...rule })), expected);
    assert.equal(refused(consent({ type: 'deny', ...rule }, 'inactive')), false);
  });

  it('lets one denial win over any number of permits, wherever it stands', () => {
    const permit = consent({ type: 'permit' });
    assert.equal(refused(permit, consent({ type: 'permit', provision: [{ type: 'permit' }, { type: 'deny', actor: [toOrganization('org-a')] }] }), permit), true);
    assert.equal(refused(consent({ type: 'deny', provision: [{ type: 'permit' }] })), true);
  });

  it('survives whatever a consent holds', () => {
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 4 }), (provision) => {
      assert.equal(typeof isRefused([{ resourceType: 'Consent', status: 'active', provision: provision }], RESULT, ASKING), 'boolean');
    }));
  });
});
