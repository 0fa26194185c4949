import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { moveBeside } from '../../src/intake/index.ts';
import type { Beside, Change } from '../../src/store/store.ts';
import { STORES } from '../http/server.ts';
import type { IntakeServer } from './intake-server.ts';
import { startIntakeServer } from './intake-server.ts';
import { labBundle } from './samples.ts';

const LATER = '2099-01-01T00:00:00.000Z';

describe.each(STORES)('what former versions kept as records of their own, on $name', ({ uri }) => {
  let server: IntakeServer;
  beforeAll(async () => { server = await startIntakeServer({ uri }); });
  afterAll(() => server.stop());

  const put = (resourceType: string, id: string, members: object): Change => ({ kind: 'put', resource: { resourceType, id, ...members } });
  const besideOf = async (reference: string): Promise<Beside | undefined> => {
    const [type = '', id = ''] = reference.split('/');
    return (await server.services.store.readMany([{ type, id }]))[0]?.beside;
  };
  const push = (value: number): ReturnType<IntakeServer['push']> => server.push('hospital-a', labBundle('hospital-a', { number: 'mb1' }, [{ number: 'mb1-1', code: 'GLU', value }]));

  it('stands beside the records afterwards, once, and counts as before', async () => {
    const { store } = server.services;
    expect((await push(5)).status).toBe(200);
    const [observation] = (await server.fhir('GET', '/Observation?identifier=mb1-1')).body.entry as { resource: { id: string } }[];
    const reference = `Observation/${observation!.resource.id}`;
    const before = await store.read({ type: 'Observation', id: observation!.resource.id });
    const facts = { stamps: [[1, Date.parse(LATER), 'tie']], elements: { status: 0 } };
    await store.commit([
      put('SourceStatement', 's1', { message: 'm1', received: LATER, tie: 'later', about: [reference, 'Patient/gone'] }),
      put('SourceStatement', 's2', { message: 'm2', received: '2001-01-01T00:00:00.000Z', about: [reference] }),
      put('SourceFacts', 'f1', { about: reference, ...facts }),
      put('SourceFacts', 'f2', { about: 'Encounter/gone', ...facts }),
    ]);
    await Promise.all([moveBeside(server.services), moveBeside(server.services)]);
    expect(await besideOf(reference)).toEqual({ mark: `${LATER} later m1`, note: JSON.stringify(facts) });
    for (const type of ['SourceStatement', 'SourceFacts']) expect(await store.count({ type, where: [] })).toBe(0);
    expect(await store.read({ type: 'Observation', id: observation!.resource.id })).toEqual(before);
    // A message that stands before the one of 2099 leaves the record as it is.
    const again = await push(6);
    expect(again.status).toBe(200);
    expect((await server.fhir('GET', `/${reference}`)).body.valueQuantity.value).toBe(5);
    await moveBeside(server.services);
  });
});
