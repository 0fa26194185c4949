import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Parsed } from '../http/server.ts';
import { STORES } from '../http/server.ts';
import type { IntakeServer } from './intake-server.ts';
import { startIntakeServer } from './intake-server.ts';
import { labBundle } from './samples.ts';

describe.each(STORES)('the provenance of a correction on $name', ({ uri }) => {
  let server: IntakeServer;
  beforeAll(async () => { server = await startIntakeServer({ uri }); });
  afterAll(() => server.stop());

  it('names the version that it replaced, so that whoever relied on that is found', async () => {
    const of = (value: number): object => labBundle('hospital-a', { number: 'pv1' }, [{ number: 'pv1-1', code: 'GLU', value }, { number: 'pv1-2', code: 'GLU', value: 7 }]);
    const first = await server.push('hospital-a', of(5.1));
    const [, corrected = '', untouched = ''] = first.body.entry.map(({ response }: Parsed) => response.location.split('/_history')[0]);
    const decision = await server.fhir('POST', '/Provenance', { resourceType: 'Provenance', target: [{ reference: corrected }], recorded: '2026-03-02T08:00:00Z', agent: [{ who: { display: 'a physician' } }], entity: [{ role: 'derivation', what: { reference: `${corrected}/_history/1` } }] });
    await server.push('hospital-a', of(6.2));
    await server.push('hospital-a', of(7.3));

    const found = await server.fhir('GET', `/Provenance?target=${corrected}&_sort=recorded`);
    const provenances = found.body.entry.map(({ resource }: Parsed) => resource).filter(({ activity }: Parsed) => activity !== undefined);
    const revisions = provenances.map(({ entity }: Parsed) => entity.filter(({ role }: Parsed) => role === 'revision').map(({ what }: Parsed) => what.reference));
    expect(revisions).toEqual([[], [`${corrected}/_history/1`], [`${corrected}/_history/2`]]);
    for (const provenance of provenances) expect(server.services.fhir.validate(provenance).filter(({ severity }) => severity === 'error' || severity === 'fatal')).toEqual([]);
    expect((await server.fhir('GET', `/${revisions[1][0]}`)).body.valueQuantity.value).toBe(5.1);
    const using = (await server.fhir('GET', `/Provenance?entity=${corrected}`)).body.entry.map(({ resource }: Parsed) => resource);
    expect(using.filter(({ entity }: Parsed) => entity.some(({ what }: Parsed) => what.reference === `${corrected}/_history/1`)).map(({ id }: Parsed) => id)).toContain(decision.body.id);
    expect((await server.fhir('GET', `/Provenance?entity=${untouched}`)).body.entry ?? []).toEqual([]);
  });
});
