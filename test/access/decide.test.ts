import { describe, expect, it } from 'vitest';
import type { Caller, Role } from '../../src/access/caller.ts';
import { ROLES } from '../../src/access/caller.ts';
import { CARE_RELATION, decide, type Facts, NO_FACTS } from '../../src/access/decide.ts';
import type { AccessRequest } from '../../src/access/request.ts';
import { callerAs } from './callers.ts';

const STRANGER: Facts = { binding: 'one', isKnownAtFacility: false, person: undefined };
const read = (type: string, patients?: readonly string[]): AccessRequest => ({ action: 'read', type, id: 'x', ...(patients === undefined ? {} : { patients }) });

/** Request, facts, and the roles that are let through with the tokens of the embedded issuer. */
const TABLE: readonly (readonly [string, AccessRequest, Facts, readonly Role[]])[] = [
  ['read a result of a patient known at the facility', read('Observation', ['p1']), CARE_RELATION, ['clinician', 'system']],
  ['read a result of somebody else\'s patient', read('Observation', ['p2']), STRANGER, ['system']],
  ['read a version of a result', { action: 'vread', type: 'Observation', id: 'x', patients: ['p1'] }, CARE_RELATION, ['clinician', 'system']],
  ['read the history of a result', { action: 'history-instance', type: 'Observation', id: 'x', patients: ['p1'] }, CARE_RELATION, ['clinician', 'system']],
  ['search results of a named patient', { action: 'search-type', type: 'Observation', patients: ['p1'] }, CARE_RELATION, ['clinician', 'system']],
  ['search results of nobody in particular', { action: 'search-type', type: 'Observation' }, STRANGER, ['system']],
  ['search patients', { action: 'search-type', type: 'Patient' }, STRANGER, ['clinician', 'system']],
  ['read an organization', read('Organization', []), NO_FACTS, ['clinician', 'system']],
  ['read a resource about nobody that is no reference data', read('Binary', []), NO_FACTS, ['system']],
  ['read the history of everything', { action: 'history-system' }, NO_FACTS, ['system']],
  ['read a trace', read('AuditEvent', ['p1']), CARE_RELATION, ['auditor', 'system']],
  ['search traces', { action: 'search-type', type: 'AuditEvent' }, STRANGER, ['auditor', 'system']],
  ['create a result', { action: 'create', type: 'Observation', patients: ['p1'] }, CARE_RELATION, ['system']],
  ['update a patient', { action: 'update', type: 'Patient', id: 'p1', patients: ['p1'] }, CARE_RELATION, ['system']],
  ['delete an organization', { action: 'delete', type: 'Organization', id: 'o1' }, NO_FACTS, ['system']],
  ['create a trace', { action: 'create', type: 'AuditEvent' }, NO_FACTS, []],
  ['delete a trace', { action: 'delete', type: 'AuditEvent', id: 'a1' }, NO_FACTS, []],
  ['send a transaction', { action: 'transaction' }, NO_FACTS, ['system']],
  ['send a batch, whose entries are judged one by one', { action: 'batch' }, NO_FACTS, ['clinician', 'auditor', 'system']],
  ['validate', { action: 'validate', type: 'Observation' }, NO_FACTS, ROLES],
  ['push to the intake of the own source', { action: 'intake', source: 'hospital-a-lis' }, NO_FACTS, ['source']],
  ['push to the intake of another source', { action: 'intake', source: 'hospital-b-lis' }, NO_FACTS, []],
  ['see the status of the own messages', { action: 'intake-list', source: 'hospital-a-lis' }, NO_FACTS, ['source', 'operator']],
  ['list the messages of all sources', { action: 'intake-list' }, NO_FACTS, ['operator']],
  ['replay a message', { action: 'intake-replay', source: 'hospital-a-lis' }, NO_FACTS, ['operator']],
  ['review records that may be one person', { action: 'intake-review' }, NO_FACTS, ['operator']],
  ['match a patient', { action: 'identity-match', type: 'Patient' }, STRANGER, ['clinician', 'system']],
  ['ask by a patient number of the own source', { action: 'identity-match', type: 'Patient', source: 'hospital-a-lis', patients: ['p1'] }, STRANGER, ['source', 'clinician', 'system']],
  ['ask by a patient number of another source', { action: 'identity-match', type: 'Patient', source: 'hospital-b-lis', patients: ['p1'] }, STRANGER, ['clinician', 'system']],
  ['see what was decided of records', { action: 'identity-read' }, NO_FACTS, ['operator']],
  ['decide who is who', { action: 'identity-decide' }, NO_FACTS, ['operator']],
  ['see how codes are mapped', { action: 'terminology-read' }, NO_FACTS, ['operator']],
  ['propose a mapping', { action: 'terminology-propose' }, NO_FACTS, ['operator']],
  ['approve a mapping', { action: 'terminology-approve' }, NO_FACTS, ['operator']],
];

function reasonFor(caller: Caller, request: AccessRequest, facts: Facts): string | undefined {
  const decision = decide(caller, request, facts);
  return decision.permitted ? undefined : decision.reason;
}

describe('decide', () => {
  for (const [what, request, facts, permitted] of TABLE) {
    it(`lets ${permitted.join(', ') || 'nobody'} ${what}`, () => {
      expect(ROLES.filter((role) => decide(callerAs(role), request, facts).permitted)).toEqual(ROLES.filter((role) => permitted.includes(role)));
    });
  }

  it('limits a clinician\'s patient search to persons known at the facility', () => {
    expect(decide(callerAs('clinician'), { action: 'search-type', type: 'Patient' }, STRANGER)).toEqual({
      permitted: true,
      permit: {
        limits: [{ kind: 'has', type: 'Person', param: 'link', where: [{ kind: 'reference', param: 'known-at', anyOf: [{ type: 'Organization', id: 'hospital-a' }] }] }],
        breakGlass: undefined,
      },
    });
  });

  it('limits a clinician\'s match to persons known at the facility, unless the glass is broken for one person', () => {
    const request: AccessRequest = { action: 'identity-match', type: 'Patient' };
    expect(decide(callerAs('clinician'), request, STRANGER)).toEqual(decide(callerAs('clinician'), { action: 'search-type', type: 'Patient' }, STRANGER));
    const breaking = { ...callerAs('clinician'), breakGlass: { reason: 'unconscious' } };
    expect(decide(breaking, request, { ...STRANGER, person: ['p2'] })).toEqual({ permitted: true, permit: { limits: [], breakGlass: { reason: 'unconscious', patients: ['p2'] } } });
    expect(reasonFor(breaking, request, STRANGER)).toMatch(/exactly one/);
  });

  it('limits nobody else', () => {
    expect(decide(callerAs('system'), { action: 'search-type', type: 'Patient' }, NO_FACTS)).toEqual({ permitted: true, permit: { limits: [], breakGlass: undefined } });
  });

  it('gives one answer for a patient of somebody else and for none at all', () => {
    const unrelated = reasonFor(callerAs('clinician'), read('Observation', ['p2']), STRANGER);
    expect(unrelated).toMatch(/no care relation .* or there is no such patient\. In an emergency, break the glass/);
    expect(reasonFor(callerAs('clinician'), read('Observation', []), STRANGER)).toBe(unrelated);
  });

  it('tells a clinician whose search names no patient what to add', () => {
    expect(reasonFor(callerAs('clinician'), { action: 'search-type', type: 'Observation' }, STRANGER)).toMatch(/must name the patient, as in \?patient=<id>/);
  });

  it('refuses a clinician whose token names no facility', () => {
    expect(reasonFor(callerAs('clinician', { facility: undefined }), read('Observation', ['p1']), CARE_RELATION)).toMatch(/names no facility/);
  });

  it('refuses a source whose token names none', () => {
    expect(reasonFor(callerAs('source', { source: undefined }), { action: 'intake' }, NO_FACTS)).toMatch(/names no source/);
  });

  it('names the scope that a token lacks', () => {
    const narrow = callerAs('system', { scopes: ['system/Patient.rs'] });
    expect(reasonFor(narrow, read('Patient', ['p1']), NO_FACTS)).toBeUndefined();
    expect(reasonFor(narrow, read('Observation', ['p1']), NO_FACTS)).toBe('The token lacks the scope system/Observation.r');
    expect(reasonFor(callerAs('clinician', { scopes: ['system/*.cruds'] }), read('Observation', ['p1']), CARE_RELATION)).toBe('The token lacks the scope user/Observation.r');
  });
});

describe('breaking the glass', () => {
  const breaker = callerAs('clinician', { breakGlass: { reason: 'Unconscious in the emergency room' } });
  const opened: Facts = { binding: 'one', isKnownAtFacility: false, person: ['p2', 'p3'] };

  it('opens the record of one person and says so', () => {
    const permit = { limits: [], breakGlass: { reason: 'Unconscious in the emergency room', patients: ['p2', 'p3'] } };
    expect(decide(breaker, { action: 'search-type', type: 'Observation', patients: ['p2'] }, opened)).toEqual({ permitted: true, permit });
    expect(decide(breaker, read('DiagnosticReport', ['p3']), opened)).toEqual({ permitted: true, permit });
    expect(decide(breaker, { action: 'search-type', type: 'Patient', patients: ['p2'] }, opened)).toEqual({ permitted: true, permit });
  });

  it('is not recorded where it was not needed', () => {
    expect(decide(breaker, read('Observation', ['p1']), CARE_RELATION)).toEqual({ permitted: true, permit: { limits: [], breakGlass: undefined } });
  });

  it('opens neither several persons, nor a search that names none, nor a batch, nor traces, nor writes', () => {
    expect(reasonFor(breaker, { action: 'batch' }, NO_FACTS)).toMatch(/not by a batch/);
    expect(reasonFor(breaker, { action: 'search-type', type: 'Observation', patients: ['p2', 'p9'] }, STRANGER)).toMatch(/must name exactly one/);
    expect(reasonFor(breaker, { action: 'search-type', type: 'Patient' }, STRANGER)).toMatch(/must name exactly one/);
    expect(reasonFor(breaker, { action: 'search-type', type: 'Observation' }, STRANGER)).toMatch(/must name the patient/);
    expect(reasonFor(breaker, read('AuditEvent', ['p2']), opened)).toMatch(/auditors/);
    expect(reasonFor(breaker, { action: 'update', type: 'Observation', id: 'x', patients: ['p2'] }, opened)).toMatch(/A clinician reads/);
  });

  it('gives no other role anything', () => {
    for (const role of ['source', 'auditor', 'operator'] as const) {
      expect(decide(callerAs(role, { breakGlass: { reason: 'because I want to' } }), read('Observation', ['p2']), opened).permitted, role).toBe(false);
    }
  });
});
