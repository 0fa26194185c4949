import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ROLES } from '../../src/access/caller.ts';
import { isPurpose } from '../../src/access/purposes.ts';
import type { Event } from '../../src/audit/event.ts';
import { traceOf } from '../../src/audit/trace.ts';
import { openFhir } from '../../src/open-services.ts';
import { callerAs } from '../access/callers.ts';

const fhir = await openFhir();

const logicalId = fc.stringMatching(/^[A-Za-z0-9.-]{1,64}$/);
const text = fc.string({ minLength: 1, unit: 'grapheme' }).map((made) => `x${made}`);
const caller = fc.record({
  role: fc.constantFrom(...ROLES),
  subject: logicalId,
  name: fc.option(text, { nil: undefined }),
  source: fc.option(logicalId, { nil: undefined }),
  facility: fc.option(logicalId, { nil: undefined }),
  purpose: fc.constantFrom('TREAT', 'ETREAT', 'PATRQT').filter(isPurpose),
  address: fc.oneof(fc.ipV4(), fc.ipV6()),
}).map(({ role, ...changes }) => callerAs(role, changes));
const event: fc.Arbitrary<Event> = fc.record({
  action: fc.constantFrom('create', 'read', 'search', 'update', 'delete', 'operation', 'login'),
  interaction: fc.constantFrom('read', 'search-type', 'create', 'transaction', 'intake', 'replay', 'login'),
  outcome: fc.constantFrom('success', 'refused', 'failed'),
  reason: text,
  resources: fc.array(logicalId.map((id) => `Observation/${id}`), { maxLength: 3 }),
  patients: fc.array(logicalId.map((id) => `Patient/${id}`), { maxLength: 3 }),
  query: fc.string({ unit: 'binary' }),
  breakGlass: fc.record({ reason: text }),
}, { requiredKeys: ['action', 'interaction', 'outcome'] });

describe('a trace against the definitions of R4', () => {
  it('is valid, whoever did what', () => {
    fc.assert(fc.property(caller, event, (who, what) => {
      expect(fhir.validate(traceOf(who, what, { now: new Date(0), id: 'trace-1' })).filter((issue) => issue.severity !== 'information')).toEqual([]);
    }));
  });

  it('is found by who, of whom, when, what, why refused and which request', () => {
    const who = callerAs('clinician', { name: '吴敏', address: '192.0.2.7' });
    const what: Event = { action: 'search', interaction: 'search-type', outcome: 'refused', reason: 'no', patients: ['Patient/p1'], resources: ['Observation/o1'], breakGlass: { reason: 'emergency' } };
    const { token, string, reference, date, uri, patients } = fhir.extractTerms(traceOf(who, what, { now: new Date('2026-03-01T08:00:00Z'), id: 'trace-1' }));
    const tokens = token.map(({ param, code }) => `${param}=${code}`);
    expect(tokens).toEqual(expect.arrayContaining(['action=E', 'outcome=4', 'subtype=search-type', 'altid=clinician-1', 'agent-role=clinician', 'agent:identifier=clinician-1', 'entity:identifier=request-1']));
    expect(string.map(({ param, exact }) => `${param}=${exact}`)).toEqual(expect.arrayContaining(['agent-name=吴敏', 'address=192.0.2.7']));
    expect(reference.map(({ param, type, id }) => `${param}=${type}/${id}`)).toEqual(expect.arrayContaining(['patient=Patient/p1', 'entity=Observation/o1', 'agent=Organization/hospital-a']));
    expect(date).toContainEqual({ param: 'date', start: Date.parse('2026-03-01T08:00:00Z'), end: Date.parse('2026-03-01T08:00:00Z') });
    expect(uri).toEqual([{ param: 'policy', value: 'https://bund.example/policy/break-glass' }]);
    expect(patients).toEqual(['p1']);
  });
});
