import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../http/server.ts';
import type { IntakeServer } from './intake-server.ts';
import { startIntakeServer } from './intake-server.ts';
import { patient, result } from './samples.ts';

let server: IntakeServer;
beforeAll(async () => { server = await startIntakeServer({ env: { BUND_BASE_URL: 'https://hie.example' } }); });
afterAll(() => server.stop());

let results = 0;
const idOf = ({ body }: Answer): string => body.entry.at(-1).response.location.split('/')[1];
const send = async (source: string, subject: string): Promise<Answer> => server.push(source, result(source, { number: `abs-${results++}`, code: 'GLU', subject }));
const subjectOf = async (answer: Answer): Promise<string> => (await server.fhir('GET', `/Observation/${idOf(answer)}`)).body.subject.reference;

/** Ways to write the address of the exchange's own API. */
const OWN_BASES = ['https://hie.example/fhir', 'https://HIE.Example/fhir', 'https://hie.example:443/fhir', 'https://hie.example/fhir/', 'https://hie.example/./fhir'];

describe('an absolute reference into the exchange', () => {
  it.each(OWN_BASES)('below %s does not lead to the record of another source', async (base) => {
    const foreign = idOf(await server.push('hospital-b', patient('hospital-b', { number: 'abs-b' })));
    const answer = await send('hospital-a', `${base}/Patient/${foreign}`);
    expect(answer.status).toBe(422);
    expect(answer.body.issue[0].expression).toEqual(['Observation.subject.reference']);
    expect((await server.fhir('GET', `/Observation?patient=${foreign}&_summary=count`)).body.total).toBe(0);
  });

  it.each(OWN_BASES)('below %s leads to what the same source sent', async (base) => {
    const own = idOf(await server.push('hospital-a', patient('hospital-a', { number: 'abs-a' })));
    const answer = await send('hospital-a', `${base}/Patient/${own}`);
    expect(answer.status).toBe(200);
    expect(await subjectOf(answer)).toBe(`Patient/${own}`);
  });

  it('leads to the institutions, which everybody may name', async () => {
    const answer = await server.push('hospital-a', { ...patient('hospital-a', { number: 'abs-c' }), managingOrganization: { reference: 'https://hie.example/fhir/Organization/pubin' } });
    const stored = await server.fhir('GET', `/Patient/${idOf(answer)}`);
    expect(stored.body.managingOrganization.reference).toBe('Organization/pubin');
  });
});

describe('an absolute reference to another server', () => {
  const away = 'https://elsewhere.example/fhir/Patient/abs-own';

  it('stays as it is, though the source has a record of that id', async () => {
    await server.push('hospital-a', { ...patient('hospital-a', { number: 'abs-own' }), id: 'abs-own' });
    expect(await subjectOf(await send('hospital-a', away))).toBe(away);
  });

  it('stays as it is within a bundle that holds a record of that id', async () => {
    const entry = [
      { fullUrl: 'https://emr.example/fhir/Patient/abs-own', resource: { ...patient('hospital-a', { number: 'abs-own' }), id: 'abs-own' } },
      { fullUrl: 'https://emr.example/fhir/Observation/abs-1', resource: result('hospital-a', { number: 'abs-away', code: 'GLU', subject: away }) },
    ];
    expect(await subjectOf(await server.push('hospital-a', { resourceType: 'Bundle', type: 'collection', entry }))).toBe(away);
  });

  it('leads to the source\'s own record where the entry that refers has its fullUrl on the same server', async () => {
    const own = idOf(await server.push('hospital-a', { ...patient('hospital-a', { number: 'abs-same' }), id: 'abs-same' }));
    const entry = [{ fullUrl: 'https://emr.example/fhir/Observation/abs-2', resource: result('hospital-a', { number: 'abs-same', code: 'GLU', subject: 'https://EMR.example:443/fhir/Patient/abs-same' }) }];
    expect(await subjectOf(await server.push('hospital-a', { resourceType: 'Bundle', type: 'collection', entry }))).toBe(`Patient/${own}`);
  });
});
