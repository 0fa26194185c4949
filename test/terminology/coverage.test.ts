import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labBundle } from '../intake/samples.ts';
import type { Workbench } from './workbench-server.ts';
import { proposal, startWorkbench } from './workbench-server.ts';

let bench: Workbench;
beforeAll(async () => { bench = await startWorkbench(); });
afterAll(() => bench.stop());

const ask = (address: string) => bench.as('mei', 'GET', `/terminology${address}`);

describe('coverage', () => {
  it('tells of each source how much of what it sends is understood', async () => {
    await bench.push('hospital-b', labBundle('hospital-b', { number: 'c-1' }, [
      { number: 'c-1-1', code: 'NEW' }, { number: 'c-1-2', code: 'NEW' }, { number: 'c-1-3', code: 'NEW-2', unit: 'spoons' },
    ]));
    const glucose = [...bench.services.codes.sources.get('hospital-b')!.codes.values()].flat().find(({ item }) => item?.item === 'GLU')!.local;
    await bench.push('hospital-b', labBundle('hospital-b', { number: 'c-2' }, [{ number: 'c-2-1', code: glucose, unit: 'mg/dL', value: 126 }, { number: 'c-2-2', code: glucose, unit: 'spoons' }]));
    const { status, body } = await ask('/coverage');
    expect(status).toBe(200);
    expect(body.coverage).toHaveLength(6);
    expect(body.coverage.find(({ source }: { source: string }) => source === 'hospital-b')).toEqual({
      source: 'hospital-b', codes: { seen: 3, mapped: 1, listed: expect.any(Number) }, units: { listed: expect.any(Number), unmapped: 1 },
      results: { total: 5, mapped: 1, percent: 20, unmappedCode: 3, unmappedUnit: 2, inexact: 0 },
    });
    expect((await ask('/coverage?source=hospital-c')).body.coverage).toMatchObject([{ source: 'hospital-c', results: { total: 0, percent: 100 }, codes: { seen: 0 } }]);
    expect((await ask('/coverage?sorce=x')).status).toBe(400);
  });
});

describe('the list of gaps', () => {
  it('counts the results of one test that came with a unit, or with none', async () => {
    const samples = [['GLU', 'ladles'], ['GLU', 'ladles'], ['CREA', 'ladles'], ['UREA', ''], ['UREA', ''], ['UREA', '']];
    const message = labBundle('hospital-a', { number: 'g-1' }, samples.map(([code, unit], at) => ({ number: `g-1-${at}`, code: code!, unit: unit! })));
    const sent = JSON.parse(JSON.stringify(message).replaceAll('"unit":"",', '').replaceAll(',"unit":""', ''));
    expect((await bench.push('hospital-a', sent)).status).toBe(200);
    const { unmapped } = (await bench.operator('GET', '/terminology/unmapped?source=hospital-a&_count=100')).body;
    const gaps = unmapped.filter(({ kind, code }: { kind: string; code: string }) => kind === 'unit' && (code === 'ladles' || code === ''));
    expect(gaps.map(({ code, display, count }: { code: string; display: string; count: number }) => [code, display, count]).sort()).toEqual([['', '尿素', 3], ['ladles', '肌酐', 1], ['ladles', '葡萄糖', 2]]);
  });
});

describe('suggestions', () => {
  it('rank items for an unmapped code by what its results look like', async () => {
    const sample = (at: number) => ({ number: `s-${at}`, code: 'XT-9', value: 5 + at / 10, unit: 'mmol/L' });
    const message = labBundle('hospital-a', { number: 's-1' }, Array.from({ length: 6 }, (_, at) => sample(at)));
    for (const entry of message.entry.slice(1)) Object.assign((entry.resource as { code: object }).code, { text: '血清葡萄糖' });
    await bench.push('hospital-a', message);
    await bench.push('hospital-a', labBundle('hospital-a', { number: 's-2' }, Array.from({ length: 8 }, (_, at) => ({ number: `k-${at}`, code: 'GLU', value: 4 + at / 2 }))));
    const { body } = await ask('/suggestions?source=hospital-a&code=XT-9');
    expect(body.suggestions[0]).toMatchObject({ item: 'GLU', loinc: '14749-6', features: { unit: { score: 1 }, values: { score: 1 }, name: { explanation: expect.stringContaining('葡萄糖') } } });
    expect(JSON.stringify(body)).not.toContain('Patient/');
    expect((await ask('/suggestions?source=nowhere&code=1')).status).toBe(404);
    expect((await ask('/suggestions?source=hospital-a')).status).toBe(400);
  });

  it('rank UCUM codes for a unit that no table knows, until it is mapped', async () => {
    await bench.push('hospital-a', labBundle('hospital-a', { number: 's-3' }, Array.from({ length: 8 }, (_, at) => ({ number: `u-${at}`, code: 'GLU', value: 4 + at / 4 }))));
    await bench.push('hospital-a', labBundle('hospital-a', { number: 's-4' }, [{ number: 'u-8', code: 'GLU', value: 90, unit: '毫克每分升' }, { number: 'u-9', code: 'GLU', value: 102, unit: '毫克每分升' }]));
    const { body } = await ask(`/suggestions?source=hospital-a&unit=${encodeURIComponent('毫克每分升')}`);
    expect(body.suggestions[0]).toMatchObject({ ucum: 'mg/dL', features: { tests: { score: 1 }, values: { score: 1, explanation: expect.stringMatching(/^2 of 2 values lie within/) } } });
    expect(JSON.stringify(body)).not.toContain('Patient/');
    await bench.map({ kind: 'unit', source: 'hospital-a', local: '毫克每分升', ucum: 'mg/dL', reason: 'asked the laboratory' });
    await bench.remap();
    expect((await ask(`/suggestions?source=hospital-a&unit=${encodeURIComponent('毫克每分升')}`)).body.suggestions[0]?.features.tests.score).toBeUndefined();
  });

  it.each(['/suggestions?source=hospital-a&code=1&unit=g', '/suggestions?source=hospital-a&unit=', '/suggestions?unit=g'])('are refused for %s', async (address) => {
    expect((await ask(address)).status).toBe(400);
  });
});

describe('a ConceptMap', () => {
  it('that was exported is taken in elsewhere as proposals, and says nothing new where it came from', async () => {
    const map = (await ask('/ConceptMap?source=hospital-a')).body;
    expect(map).toMatchObject({ resourceType: 'ConceptMap', url: 'https://bund.example/ConceptMap/hospital-a' });
    expect((await bench.as('mei', 'POST', '/terminology/ConceptMap?source=hospital-a', map)).body).toMatchObject({ proposed: [] });

    const text = JSON.stringify(map).replaceAll('sources/hospital-a', 'sources/hospital-d');
    const { status, body } = await bench.as('mei', 'POST', '/terminology/ConceptMap?source=hospital-d', JSON.parse(text));
    expect(status).toBe(201);
    expect(body.proposed.length).toBeGreaterThan(10);
    expect(body.proposed[0]).toMatchObject({ source: 'hospital-d', status: 'proposed', proposed: { by: 'mei', reason: expect.stringContaining('Imported from https://bund.example/ConceptMap/hospital-a') } });
    expect((await bench.as('mei', 'POST', '/terminology/ConceptMap?source=hospital-d', JSON.parse(text))).body).toMatchObject({ proposed: [], unchanged: expect.any(Number) });
  });

  it('is taken in as a whole or not at all, and each fault is told with its place', async () => {
    const group = { source: 'https://bund.example/sources/hospital-c/codes', target: 'http://loinc.org', element: [{ code: 'a', target: [{ code: '14749-6', equivalence: 'equal' }] }, { code: 'b', target: [{ code: '14749-0', equivalence: 'equal' }] }] };
    const { status, body } = await bench.as('mei', 'POST', '/terminology/ConceptMap?source=hospital-c', { resourceType: 'ConceptMap', group: [group] });
    expect(status).toBe(422);
    expect(body.issue).toMatchObject([{ expression: ['ConceptMap.group[0].element[1].target[0]'], diagnostics: expect.stringContaining('check digit must be 6') }]);
    expect((await ask('/mappings?source=hospital-c')).body.mappings).toEqual([]);
  });

  it('that changes what is approved proposes to replace it', async () => {
    const { mapping } = await bench.map(proposal('hospital-c', 'CM-1'));
    const group = { source: 'https://bund.example/sources/hospital-c/codes', target: 'http://loinc.org', element: [{ code: 'CM-1', target: [{ code: '22664-7', equivalence: 'equivalent' }] }] };
    const { body } = await bench.as('mei', 'POST', '/terminology/ConceptMap?source=hospital-c', { resourceType: 'ConceptMap', group: [group] });
    expect(body.proposed).toMatchObject([{ local: 'CM-1', item: 'UREA', replaces: mapping.id }]);
  });
});
