import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STORES } from '../http/server.ts';
import { labBundle } from '../intake/samples.ts';
import { startBeside } from '../intake/intake-server.ts';
import type { Workbench } from './workbench-server.ts';
import { proposal, startWorkbench } from './workbench-server.ts';

const LOCAL = 'https://bund.example/sources/hospital-a/codes';

describe.each(STORES)('the mapping workbench on $name', ({ uri }) => {
  let bench: Workbench;
  beforeAll(async () => { bench = await startWorkbench(uri); });
  afterAll(() => bench.stop());

  const push = async (number: string, code: string, sample: object = {}): Promise<void> => {
    expect((await bench.push('hospital-a', labBundle('hospital-a', { number: `p-${number}` }, [{ number, code, ...sample }]))).status).toBe(200);
  };
  const byLoinc = async (loinc: string, local: string): Promise<{ id: string; meta: { versionId: string } }[]> =>
    ((await bench.fhir('GET', `/Observation?code=http://loinc.org|${loinc}&combo-code=${LOCAL}|${local}&_count=100`)).body.entry ?? []).map(({ resource }: { resource: unknown }) => resource);
  const unmapped = async (): Promise<{ code: string; kind: string; count: number; examples: object[] }[]> => (await bench.operator('GET', '/terminology/unmapped?source=hospital-a')).body.unmapped;

  it('makes stored results searchable by LOINC once two people have mapped their code', async () => {
    await push('w1-1', 'NEW-1');
    await push('w1-2', 'NEW-1', { value: 126, unit: 'mg/dL' });
    expect((await unmapped()).find(({ code }) => code === 'NEW-1')).toMatchObject({ kind: 'code', count: 2, examples: [{ name: 'test NEW-1', value: 126, unit: 'mg/dL' }, { value: 5.6 }] });
    const { mapping, job } = await bench.map(proposal('hospital-a', 'NEW-1'));
    await bench.remap();
    expect(await byLoinc('14749-6', 'NEW-1')).toMatchObject([{ meta: { versionId: '2' } }]);
    expect(await byLoinc('2345-7', 'NEW-1')).toMatchObject([{ meta: { versionId: '2' }, valueQuantity: { value: 126, unit: 'mg/dL', code: 'mg/dL' } }]);
    expect((await unmapped()).find(({ code }) => code === 'NEW-1')).toBeUndefined();
    expect((await bench.as('lin', 'GET', `/terminology/jobs/${job.id}`)).body.job).toMatchObject({ status: 'done', mapping: mapping.id, total: 2, examined: 2, changed: 2 });
  });

  it('maps what is pushed from then on, at a gateway that starts later too', async () => {
    await bench.map(proposal('hospital-a', 'NEW-2'));
    await push('w2-1', 'NEW-2');
    expect(await byLoinc('14749-6', 'NEW-2')).toMatchObject([{ meta: { versionId: '1' } }]);
    const other = await startBeside(bench);
    try {
      await other.push('hospital-a', labBundle('hospital-a', { number: 'p-w2' }, [{ number: 'w2-2', code: 'NEW-2' }]));
      expect(await byLoinc('14749-6', 'NEW-2')).toHaveLength(2);
    } finally {
      await other.stop();
    }
  });

  it('finds what a gateway that knew nothing of the change has stored meanwhile', async () => {
    const behind = await startBeside(bench);
    try {
      await bench.map(proposal('hospital-a', 'NEW-3'));
      await behind.push('hospital-a', labBundle('hospital-a', { number: 'p-w3' }, [{ number: 'w3-1', code: 'NEW-3' }]));
      expect(await byLoinc('14749-6', 'NEW-3')).toHaveLength(0);
      await bench.remap();
      expect(await byLoinc('14749-6', 'NEW-3')).toHaveLength(1);
      expect((await unmapped()).find(({ code }) => code === 'NEW-3')).toBeUndefined();
    } finally {
      await behind.stop();
    }
  });

  it('takes everything back when a mapping is retired, to the letter, and lists the code again', async () => {
    await push('w4-1', 'NEW-4');
    const sent = (await bench.stored('Observation')).find((one) => JSON.stringify(one).includes('NEW-4'));
    const { mapping } = await bench.map(proposal('hospital-a', 'NEW-4'));
    await bench.remap();
    expect(await byLoinc('14749-6', 'NEW-4')).toHaveLength(1);
    expect((await bench.as('lin', 'POST', `/terminology/mappings/${mapping.id}/retire`, { reason: 'it is another test' })).body).toMatchObject({ mapping: { status: 'retired' } });
    await bench.remap();
    expect((await bench.stored('Observation')).find((one) => JSON.stringify(one).includes('NEW-4'))).toEqual(sent);
    expect((await unmapped()).find(({ code }) => code === 'NEW-4')).toMatchObject({ count: 1 });
  });

  it('keeps the meaning of old results where a laboratory gives its code to another test', async () => {
    await push('w5-1', 'NEW-5');
    const { mapping } = await bench.map(proposal('hospital-a', 'NEW-5'));
    await bench.as('lin', 'POST', `/terminology/mappings/${mapping.id}/retire`, { reason: 'the code is used anew', lastDay: '2026-03-01' });
    await bench.map(proposal('hospital-a', 'NEW-5', { item: 'UREA', loinc: '22664-7', effective: { from: '2026-03-02' } }));
    await bench.push('hospital-a', labBundle('hospital-a', { number: 'p-w5' }, []));
    const later = labBundle('hospital-a', { number: 'p-w5' }, [{ number: 'w5-2', code: 'NEW-5' }]);
    const [, entry] = later.entry;
    expect((await bench.push('hospital-a', { ...later, entry: [later.entry[0], { ...entry, resource: { ...(entry?.resource as object), effectiveDateTime: '2026-03-02T07:00:00+08:00' } }] })).status).toBe(200);
    await bench.remap();
    expect(await byLoinc('14749-6', 'NEW-5')).toHaveLength(1);
    expect(await byLoinc('22664-7', 'NEW-5')).toHaveLength(1);
  });

  it('takes in the ConceptMap of a laboratory, and puts all of it into force in one call', async () => {
    await push('w10-1', 'MAP-1');
    await push('w10-2', 'MAP-2');
    const element = [['MAP-1', '14749-6'], ['MAP-2', '22664-7']].map(([code, loinc]) => ({ code, target: [{ code: loinc, equivalence: 'equivalent' }] }));
    const map = { resourceType: 'ConceptMap', status: 'draft', group: [{ source: LOCAL, target: 'http://loinc.org', element }] };
    const imported = await bench.as('mei', 'POST', '/terminology/ConceptMap?source=hospital-a', map);
    expect(imported.status, imported.text).toBe(201);
    const mappings = imported.body.proposed.map(({ id }: { id: string }) => id);
    const approved = await bench.as('lin', 'POST', '/terminology/mappings/$approve', { mappings, reason: 'compared with the list of the laboratory' });
    expect(approved.body.approved, approved.text).toHaveLength(2);
    await bench.remap();
    expect(await byLoinc('14749-6', 'MAP-1')).toHaveLength(1);
    expect(await byLoinc('22664-7', 'MAP-2')).toHaveLength(1);
  });

  it('maps a unit', async () => {
    await push('w6-1', 'GLU', { unit: 'spoons' });
    expect((await unmapped()).find(({ code }) => code === 'spoons')).toMatchObject({ kind: 'unit', count: 1 });
    await bench.map({ kind: 'unit', source: 'hospital-a', local: 'spoons', ucum: 'mmol/L', reason: 'asked the laboratory' });
    await bench.remap();
    const found = await bench.fhir('GET', '/Observation?value-quantity=5.6|http://unitsofmeasure.org|mmol/L&code=http://loinc.org|14749-6');
    expect(found.text).toContain('spoons');
    expect((await unmapped()).find(({ code }) => code === 'spoons')).toBeUndefined();
  });

  it('maps a test that comes as a mere name, and takes that back', async () => {
    const message = labBundle('hospital-a', { number: 'p-w9' }, [{ number: 'w9-1', code: 'x' }]);
    Object.assign(message.entry[1]?.resource as object, { code: { text: '手指血糖' } });
    expect((await bench.push('hospital-a', message)).status).toBe(200);
    const stored = async (): Promise<string> => JSON.stringify((await bench.stored('Observation')).find((one) => JSON.stringify(one).includes('手指血糖')));
    const sent = await stored();
    expect((await unmapped()).find(({ code }) => code === '手指血糖')).toMatchObject({ kind: 'code', system: '' });
    const { mapping } = await bench.map(proposal('hospital-a', '手指血糖'));
    await bench.remap();
    expect(await stored()).toContain('14749-6');
    expect((await unmapped()).find(({ code }) => code === '手指血糖')).toBeUndefined();
    await bench.as('lin', 'POST', `/terminology/mappings/${mapping.id}/retire`, { reason: 'capillary blood is another test' });
    await bench.remap();
    expect(await stored()).toBe(sent);
  });

  it('leaves evidence: who decided, by which mapping, and a trace of each write', async () => {
    await push('w7-1', 'NEW-7');
    const { mapping } = await bench.map(proposal('hospital-a', 'NEW-7'));
    await bench.remap();
    const [result] = await byLoinc('14749-6', 'NEW-7');
    const provenance = await bench.fhir('GET', `/Provenance?target=Observation/${String(result?.id)}&_sort=-recorded`);
    expect(provenance.body.entry[0].resource).toMatchObject({
      activity: { coding: [{ code: 'UPDATE' }] },
      agent: [{ who: { identifier: { value: 'lin' } } }, { who: { display: 'Bund' } }],
      entity: [{ what: { identifier: { value: `${mapping.id}/2` } } }],
    });
    const traces = await bench.fhir('GET', `/AuditEvent?entity=Observation/${String(result?.id)}&action=U`);
    expect(traces.body.entry).toHaveLength(1);
  });

  it('loses no push that comes while results are mapped anew', async () => {
    for (let number = 0; number < 30; number++) await push(`w8-${number}`, 'NEW-8');
    await bench.map(proposal('hospital-a', 'NEW-8'));
    await Promise.all([bench.remap(), ...Array.from({ length: 30 }, (_, number) => push(`w8-${number}`, 'NEW-8', { value: 7.1 }))]);
    await bench.remap();
    const found = await byLoinc('14749-6', 'NEW-8');
    expect(found).toHaveLength(30);
    expect(found.map((one) => (one as unknown as { valueQuantity: { value: number } }).valueQuantity.value)).toEqual(Array(30).fill(7.1));
  });
});
