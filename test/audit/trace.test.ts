import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/audit/event.ts';
import { traceOf } from '../../src/audit/trace.ts';
import { callerAs } from '../access/callers.ts';

const at = { now: new Date('2026-03-01T08:00:00Z'), id: 'trace-1' };
const read: Event = { action: 'read', interaction: 'read', outcome: 'success', resources: ['Observation/o1'], patients: ['Patient/p1'] };
const trace = (event: Partial<Event>, caller = callerAs('clinician', { name: '吴敏' })) => traceOf(caller, { ...read, ...event }, at);

describe('traceOf', () => {
  it('says who saw what of whom, when and why', () => {
    expect(trace({})).toMatchObject({
      resourceType: 'AuditEvent',
      id: 'trace-1',
      type: { code: 'rest' },
      subtype: [{ system: 'http://hl7.org/fhir/restful-interaction', code: 'read' }],
      action: 'R',
      recorded: '2026-03-01T08:00:00.000Z',
      outcome: '0',
      purposeOfEvent: [{ coding: [{ code: 'TREAT' }] }],
      agent: [
        { requestor: true, altId: 'clinician-1', name: '吴敏', role: [{ coding: [{ code: 'clinician' }] }], network: { address: '192.0.2.7', type: '2' } },
        { requestor: false, who: { display: 'Bund gateway' } },
        { requestor: false, who: { reference: 'Organization/hospital-a' } },
      ],
      entity: [
        { what: { reference: 'Patient/p1' }, type: { code: '1' }, role: { code: '1' } },
        { what: { reference: 'Observation/o1' }, type: { code: '2' }, role: { code: '4' } },
        { what: { identifier: { value: 'request-1' } }, type: { code: 'XrequestId' } },
      ],
    });
  });

  it('keeps the query as it was written', () => {
    const query = 'Observation?patient=p1&code:text=血糖';
    const [entity] = (trace({ action: 'search', interaction: 'search-type', resources: [], patients: [], query })['entity']) as { query: string; role: unknown }[];
    expect(Buffer.from(entity!.query, 'base64').toString()).toBe(query);
    expect(entity!.role).toMatchObject({ code: '24' });
  });

  it('flags a broken glass where auditors search for it, with reason and purpose', () => {
    const flagged = trace({ breakGlass: { reason: '急诊昏迷' } });
    expect(flagged).toMatchObject({ purposeOfEvent: [{ coding: [{ code: 'TREAT' }] }, { coding: [{ code: 'BTG' }] }] });
    expect(flagged['agent']).toMatchObject([{ policy: ['https://bund.example/policy/break-glass'] }, {}, {}]);
    expect((flagged['entity'] as unknown[]).at(-1)).toMatchObject({ detail: [{ type: 'break-glass-reason', valueString: '急诊昏迷' }] });
    expect(JSON.stringify(trace({}))).not.toContain('break-glass');
  });

  it('says why an access was refused or failed', () => {
    expect(trace({ outcome: 'refused', reason: 'The token lacks the scope user/Patient.r' })).toMatchObject({ outcome: '4', outcomeDesc: 'The token lacks the scope user/Patient.r' });
    expect(trace({ outcome: 'failed' })).toMatchObject({ outcome: '8' });
  });

  it('names a source by its id, and flows of data by who receives them', () => {
    const source = callerAs('source');
    expect(trace({ action: 'create', interaction: 'create' }, source)).toMatchObject({
      action: 'C',
      agent: [
        { who: { identifier: { system: 'https://bund.example/identifier/source', value: 'hospital-a-lis' } }, type: { coding: [{ code: '110153' }] } },
        { type: { coding: [{ code: '110152' }] } },
      ],
    });
    expect(trace({}, source)).toMatchObject({ agent: [{ type: { coding: [{ code: '110152' }] } }, { type: { coding: [{ code: '110153' }] } }] });
  });

  it('gives an operation of the exchange its own subtype beside the R4 one', () => {
    expect(trace({ action: 'create', interaction: 'intake' })['subtype']).toEqual([
      { system: 'http://hl7.org/fhir/restful-interaction', code: 'operation' },
      { system: 'https://bund.example/CodeSystem/interaction', code: 'intake' },
    ]);
  });

  it('records a login as DICOM names it', () => {
    expect(trace({ action: 'login', interaction: 'login' })).toMatchObject({ type: { code: '110114' }, subtype: [{ code: '110122' }], action: 'E' });
  });
});
