import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Parsed } from '../http/server.ts';
import { STORES } from '../http/server.ts';
import { RESIDENT_ID_SYSTEM } from '../intake/samples.ts';
import type { IdentityServer } from './identity-server.ts';
import { startIdentityServer } from './identity-server.ts';

const NUMBERS = 'https://example.org/numbers';

describe.each(STORES)('a search for a person by what is known of them, on $name', ({ uri }) => {
  let server: IdentityServer;
  beforeAll(async () => {
    server = await startIdentityServer(uri);
    const { status, text } = await server.fhir('PUT', '/Patient/pdq', {
      resourceType: 'Patient', id: 'pdq', active: true, identifier: [{ system: NUMBERS, value: 'n-1' }], name: [{ text: '耶律楚材', family: '耶律', given: ['楚材'] }], gender: 'male', birthDate: '1964-07-08',
      telecom: [{ system: 'phone', value: '13811112222' }], address: [{ text: '上海市黄浦区外滩1号', city: '上海市', postalCode: '200002' }],
    });
    expect([200, 201], text).toContain(status);
    await server.fhir('PUT', '/Patient/other', { resourceType: 'Patient', id: 'other', active: false, name: [{ family: '完颜', given: ['洪烈'] }], gender: 'male', birthDate: '1931-12-12' });
  });
  afterAll(() => server.stop());

  it.each(['active=true&gender=male', `identifier=${NUMBERS}|n-1`, 'family=耶律', 'given=楚材', 'name=耶律楚材', 'birthdate=1964-07-08', 'birthdate=ge1964-01-01&birthdate=le1964-12-31', 'telecom=13811112222', 'phone=13811112222', 'address=上海市', 'address-city=上海市', 'address-postalcode=200002', 'family=耶律&given=楚材&birthdate=1964-07-08'])('finds by %s, and tells how well the match fits', async (query) => {
    const { status, body, text } = await server.fhir('GET', `/Patient?${query.split('&').map((pair) => pair.replace(/=(.*)$/, (_all, value: string) => `=${encodeURIComponent(value)}`)).join('&')}`);
    expect(status, text).toBe(200);
    expect(body.entry.map(({ resource }: Parsed) => resource.id)).toEqual(['pdq']);
    const [{ search }] = body.entry;
    if (query.startsWith('birthdate=ge')) return;
    expect(search.score).toBeGreaterThanOrEqual(0);
    expect(search.score).toBeLessThanOrEqual(1);
    expect(search.extension[0].url).toBe('http://hl7.org/fhir/StructureDefinition/match-grade');
    expect(server.services.fhir.validate(body).filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('takes an identifier for certain and a family name for little', async () => {
    const gradeOf = async (query: string): Promise<string> => (await server.fhir('GET', `/Patient?${query}`)).body.entry[0].search.extension[0].valueCode;
    expect(await gradeOf(`identifier=${encodeURIComponent(`${NUMBERS}|n-1`)}`)).toBe('certain');
    expect(await gradeOf(`family=${encodeURIComponent('耶律')}`)).toBe('possible');
  });

  it('says nothing of quality where nobody is described', async () => {
    const { body } = await server.fhir('GET', '/Patient?_id=pdq');
    expect(body.entry[0].search).toEqual({ mode: 'match' });
    expect((await server.fhir('GET', `/Patient?identifier=${RESIDENT_ID_SYSTEM}|none`)).body.entry).toBeUndefined();
  });
});
