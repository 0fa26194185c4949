import { Client } from 'fhir-kit-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle, observation, organization, patient, post } from './samples.ts';
import { startServer, STORES } from './server.ts';
import type { Parsed, TestServer } from './server.ts';

const FHIR_VERSION = '4.0.1';

describe.each(STORES)('an independent FHIR client on $name', ({ fresh }) => {
  let server: TestServer;
  let client: Client;
  beforeAll(async () => {
    server = await startServer(fresh());
    client = new Client({ baseUrl: `${server.url}/fhir`, bearerToken: server.token('system') });
  });
  afterAll(() => server.stop());

  const create = (body: Parsed, headers: Record<string, string> = {}): Promise<Parsed> => client.create({ resourceType: body.resourceType, body, options: { headers } });
  const search = (resourceType: string, searchParams: Record<string, string>): Promise<Parsed> => client.resourceSearch({ resourceType, searchParams });

  it('reads what the server offers', async () => {
    const statement: Parsed = await client.capabilityStatement();
    expect([statement.resourceType, statement.fhirVersion]).toEqual(['CapabilityStatement', FHIR_VERSION]);
    expect(statement.rest[0].resource).toHaveLength(146);
    const observations = statement.rest[0].resource.find((resource: Parsed) => resource.type === 'Observation');
    expect(observations.searchParam.map((parameter: Parsed) => parameter.name)).toEqual(expect.arrayContaining(['_id', '_lastUpdated', 'code', 'date', 'patient', 'value-quantity']));
  });

  it('creates, reads, updates, reads a version and deletes', async () => {
    const created = await create(patient());
    expect((await client.read({ resourceType: 'Patient', id: created.id }) as Parsed).gender).toBe('male');
    const updated: Parsed = await client.update({ resourceType: 'Patient', id: created.id, body: { ...created, gender: 'other' } });
    expect(updated.meta.versionId).toBe('2');
    expect((await client.vread({ resourceType: 'Patient', id: created.id, version: '1' }) as Parsed).gender).toBe('male');
    await client.delete({ resourceType: 'Patient', id: created.id });
    await expect(client.read({ resourceType: 'Patient', id: created.id })).rejects.toMatchObject({ response: { status: 410 } });
  });

  it('walks through histories', async () => {
    const { id } = await create(organization());
    await client.update({ resourceType: 'Organization', id, body: organization({ id, name: 'Renamed' }) });
    const total = async (listed: Promise<Parsed>): Promise<number> => (await listed).entry.length;
    expect(await total(client.resourceHistory({ resourceType: 'Organization', id }))).toBe(2);
    expect(await total(client.typeHistory({ resourceType: 'Organization' }))).toBeGreaterThanOrEqual(2);
    expect(await total(client.systemHistory())).toBeGreaterThanOrEqual(2);
  });

  it('searches, and follows the next links to the end', async () => {
    const { id } = await create(patient());
    for (let n = 0; n < 7; n++) await create(observation(id, { effectiveDateTime: `2026-03-0${n + 1}` }));
    const dates: string[] = [];
    let page: Parsed = await search('Observation', { patient: id, _count: '3', _sort: '-date' });
    while (page !== undefined) {
      dates.push(...page.entry.map((entry: Parsed) => entry.resource.effectiveDateTime));
      page = await client.nextPage({ bundle: page });
    }
    expect(dates).toEqual([7, 6, 5, 4, 3, 2, 1].map((day) => `2026-03-0${day}`));
  });

  it('finds results by patient, code, date and encounter', async () => {
    const { id } = await create(patient());
    const encounter = await create({ resourceType: 'Encounter', status: 'finished', class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' }, subject: { reference: `Patient/${id}` } });
    const mine = await create(observation(id, { encounter: { reference: `Encounter/${encounter.id}` } }));
    await create(observation(id, { effectiveDateTime: '2020-01-01', code: { coding: [{ system: 'http://loinc.org', code: '718-7' }] } }));
    for (const searchParams of [{ patient: id, code: 'http://loinc.org|14749-6' }, { patient: id, date: 'ge2026-01-01' }, { encounter: encounter.id }, { patient: id, 'value-quantity': '5.6|http://unitsofmeasure.org|mmol/L', code: '14749-6' }]) {
      const found = await search('Observation', searchParams);
      expect(found.entry.map((entry: Parsed) => entry.resource.id)).toEqual([mine.id]);
    }
  });

  it('searches with POST', async () => {
    const { id } = await create(patient({ identifier: [{ system: 'https://example.org/ids', value: 'posted' }] }));
    const found: Parsed = await client.resourceSearch({ resourceType: 'Patient', searchParams: { identifier: 'https://example.org/ids|posted' }, options: { postSearch: true } });
    expect(found.entry.map((entry: Parsed) => entry.resource.id)).toEqual([id]);
  });

  it('creates, updates and deletes on a condition', async () => {
    const identifier = [{ system: 'https://example.org/ids', value: 'conditional' }];
    const condition = 'identifier=https://example.org/ids|conditional';
    const first = await create(organization({ identifier }), { 'If-None-Exist': condition });
    const second = await create(organization({ identifier }), { 'If-None-Exist': condition });
    expect(second.id).toBe(first.id);
    const updated: Parsed = await client.update({ resourceType: 'Organization', searchParams: { identifier: 'https://example.org/ids|conditional' }, body: organization({ identifier, name: 'Changed' }) });
    expect([updated.id, updated.meta.versionId]).toEqual([first.id, '2']);
    const deleted = await server.fhir('DELETE', `/Organization?${condition}`);
    expect(deleted.status).toBe(204);
    expect((await search('Organization', { identifier: 'conditional' })).entry).toBeUndefined();
  });

  it('sends a transaction and a batch', async () => {
    const transaction: Parsed = await client.transaction({ body: bundle('transaction', post(patient()), post(organization())) });
    expect(transaction.entry.map((entry: Parsed) => entry.response.status)).toEqual(['201 Created', '201 Created']);
    const batch: Parsed = await client.batch({ body: bundle('batch', post(patient()), { request: { method: 'GET', url: 'Patient/none' } }) });
    expect(batch.entry.map((entry: Parsed) => entry.response.status)).toEqual(['201 Created', '404 Not Found']);
  });

  it('validates a resource, alone and within Parameters, against R4 and a profile', async () => {
    const alone: Parsed = await client.operation({ name: 'validate', resourceType: 'Patient', method: 'POST', input: patient({ birthDate: 'soon' }) });
    expect(alone.issue[0]).toMatchObject({ severity: 'error', expression: ['Patient.birthDate'] });
    const wrapped: Parsed = await client.operation({ name: 'validate', resourceType: 'Patient', method: 'POST', input: { resourceType: 'Parameters', parameter: [{ name: 'resource', resource: patient() }] } });
    expect(wrapped.issue.filter((issue: Parsed) => issue.severity === 'error')).toEqual([]);
    const { id } = await create(patient());
    const stored: Parsed = await client.operation({ name: 'validate', resourceType: 'Patient', id, method: 'POST', input: { resourceType: 'Parameters', parameter: [{ name: 'mode', valueCode: 'profile' }] } });
    expect(stored.resourceType).toBe('OperationOutcome');
  });

  it('is told by an OperationOutcome what it may not do', async () => {
    await expect(client.patch({ resourceType: 'Patient', id: 'p', jsonPatch: [] })).rejects.toMatchObject({ response: { status: 405, data: { resourceType: 'OperationOutcome' } } });
    await expect(client.systemSearch({ searchParams: { name: 'x' } })).rejects.toMatchObject({ response: { status: 400, data: { resourceType: 'OperationOutcome' } } });
  });
});
