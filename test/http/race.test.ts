import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle, observation, organization, patient, post, put } from './samples.ts';
import { startServer, STORES } from './server.ts';
import type { TestServer } from './server.ts';

const RACERS = 50;
const identifier = (value: string) => [{ system: 'https://example.org/ids', value }];

describe.each(STORES)('requests that race on $name', ({ fresh }) => {
  let server: TestServer;
  beforeAll(async () => { server = await startServer(fresh()); });
  afterAll(() => server.stop());

  const race = <T>(request: (n: number) => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: RACERS }, (_, n) => request(n)));
  const total = async (query: string): Promise<number> => (await server.fhir('GET', `/${query}&_summary=count`)).body.total;

  it('as 50 equal conditional creates make one resource, which all are told of', async () => {
    const answers = await race(() => server.fhir('POST', '/Organization', organization({ identifier: identifier('race') }), { 'If-None-Exist': 'identifier=https://example.org/ids|race' }));
    expect(answers.filter((answer) => answer.status === 201)).toHaveLength(1);
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(RACERS - 1);
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
    expect(await total('Organization?identifier=race')).toBe(1);
  });

  it('as 50 equal conditional updates make one resource without a gap in its versions', async () => {
    const answers = await race((n) => server.fhir('PUT', '/Organization?identifier=upsert', organization({ identifier: identifier('upsert'), alias: [`n${n}`] })));
    expect(answers.every((answer) => answer.status < 300 || answer.status === 409)).toBe(true);
    expect(await total('Organization?identifier=upsert')).toBe(1);
  });

  it('as updates with If-Match let exactly one through', async () => {
    await server.fhir('PUT', '/Patient/raced', patient({ id: 'raced' }));
    const answers = await race((n) => server.fhir('PUT', '/Patient/raced', patient({ id: 'raced', multipleBirthInteger: n }), { 'If-Match': 'W/"1"' }));
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, ...Array.from({ length: RACERS - 1 }, () => 412)]);
  });

  it('as transactions with the same conditions are each stored whole', async () => {
    const answers = await race((n) => server.fhir('POST', '', bundle('transaction',
      post(organization({ identifier: identifier('shared') }), { fullUrl: 'urn:uuid:00000000-0000-4000-8000-000000000001' }, { ifNoneExist: 'identifier=shared' }),
      put(patient({ id: `of-shared-${n}`, managingOrganization: { reference: 'urn:uuid:00000000-0000-4000-8000-000000000001' } })),
    )));
    expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: RACERS }, () => 200));
    expect(await total('Organization?identifier=shared')).toBe(1);
    const { body } = await server.fhir('GET', '/Organization?identifier=shared');
    expect(await total(`Patient?organization=${body.entry[0].resource.id}`)).toBe(RACERS);
  });

  it('as creates are all stored', async () => {
    const answers = await race(() => server.fhir('POST', '/Observation', observation('crowd')));
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(RACERS);
    expect(await total('Observation?patient=crowd')).toBe(RACERS);
  });
});
