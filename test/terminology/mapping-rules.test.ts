import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Services } from '../../src/services.ts';
import { interruptibleStore } from '../intake/interruptible-store.ts';
import { labBundle } from '../intake/samples.ts';
import { resultsOf } from '../../src/terminology/remap-page.ts';
import { parseJob, REMAP_JOB_TYPE } from '../../src/terminology/remap-job.ts';
import { runRemapJobs } from '../../src/terminology/run-remap-jobs.ts';
import type { Workbench } from './workbench-server.ts';
import { proposal, startWorkbench } from './workbench-server.ts';

let bench: Workbench;
beforeAll(async () => { bench = await startWorkbench(); });
afterAll(() => bench.stop());

const propose = (body: unknown) => bench.as('mei', 'POST', '/terminology/mappings', body);
const decide = (person: string, id: string, what: string, body: object = { reason: 'as agreed' }) => bench.as(person, 'POST', `/terminology/mappings/${id}/${what}`, body);

describe('a proposal', () => {
  it.each([
    ['a LOINC with a wrong check digit', { loinc: '14749-7' }, 'loinc', '14749-7 is no LOINC code: its check digit must be 6'],
    ['a LOINC that the item does not list', { loinc: '22664-7' }, 'loinc', 'Item GLU does not list LOINC 22664-7'],
    ['an item that the catalogue does not list', { item: 'NO' }, 'item', 'The catalogue has no item NO'],
    ['a source that nobody knows', { source: 'nowhere' }, 'source', 'There is no source nowhere'],
    ['a day that the calendar does not have', { effective: { from: '2026-02-30' } }, 'effective.from', '2026-02-30 is no day'],
    ['an end before its beginning', { effective: { from: '2026-02-02', to: '2026-02-01' } }, 'effective', 'end before it begins'],
    ['a condition that does not exist', { when: { colour: 'red' } }, 'when', 'colour'],
    ['no reason', { reason: ' ' }, 'reason', 'must have 5 characters'],
    ['an unknown equivalence', { equivalence: 'same' }, 'equivalence', 'Invalid option'],
    ['a member that nobody knows', { lonic: '1-8' }, '$this', 'lonic'],
  ])('with %s is refused with the element and the cause', async (_what, changes, element, cause) => {
    const { status, body } = await propose(proposal('hospital-a', 'BAD', changes));
    expect(status).toBe(422);
    expect(body.issue).toEqual(expect.arrayContaining([expect.objectContaining({ expression: [element], diagnostics: expect.stringContaining(cause) })]));
  });

  it('of a unit must be UCUM', async () => {
    const { status, body } = await propose({ kind: 'unit', source: 'hospital-a', local: 'spoons', ucum: 'spoons', reason: 'a guess' });
    expect([status, body.issue[0].diagnostics]).toEqual([422, 'spoons is no UCUM code']);
  });

  it('without an item gets the one that its LOINC stands for, or a warning where there is none', async () => {
    const { item: _item, ...without } = proposal('hospital-a', 'FOREIGN') as Record<string, unknown>;
    expect((await propose({ ...without, loinc: '2345-7' })).body.mapping).toMatchObject({ item: 'GLU', warnings: [] });
    expect((await propose({ ...without, loinc: '8867-4' })).body.mapping.warnings).toEqual([expect.stringContaining('LOINC 8867-4 stands for no item of the catalogue')]);
  });

  it('says what it overrides, and what is unsure', async () => {
    expect((await propose(proposal('hospital-a', 'GLU'))).body.mapping.warnings).toEqual(['Replaces what profiles/codes/hospital-a.json says of GLU: GLU, LOINC 14749-6']);
    expect((await propose(proposal('hospital-a', 'CYS-NEW', { item: 'CYSC', loinc: '33863-2' }))).body.mapping.warnings).toEqual(['The LOINC of item CYSC awaits a check against the official table']);
  });

  it('maps nothing by itself', async () => {
    await propose(proposal('hospital-a', 'PROPOSED'));
    await bench.push('hospital-a', labBundle('hospital-a', { number: 'r-1' }, [{ number: 'r-1-1', code: 'PROPOSED' }]));
    expect(JSON.stringify((await bench.stored('Observation')).find((one) => JSON.stringify(one).includes('PROPOSED')))).not.toContain('14749-6');
  });
});

describe('a table of proposals', () => {
  const approve = (person: string, mappings: unknown, reason = 'compared with the list of the laboratory') => bench.as(person, 'POST', '/terminology/mappings/$approve', { mappings, reason });
  const proposed = async (...bodies: object[]): Promise<string[]> => Promise.all(bodies.map(async (body) => (await propose(body)).body.mapping.id as string));
  const statusOf = async (id: string): Promise<string> => (await bench.as('lin', 'GET', `/terminology/mappings/${id}`)).body.mapping.status;

  it('is approved in one call by another person, each with a job of its own', async () => {
    const { mapping: old } = await bench.map(proposal('hospital-a', 'ALL-0', { item: 'UREA', loinc: '22664-7' }));
    const ids = await proposed(proposal('hospital-a', 'ALL-0', { replaces: old.id }), proposal('hospital-a', 'ALL-1'), { kind: 'unit', source: 'hospital-a', local: 'cups', ucum: 'mmol/L', reason: 'asked the laboratory' });
    await bench.push('hospital-a', labBundle('hospital-a', { number: 'all-1' }, [{ number: 'all-1-1', code: 'ALL-1' }]));
    const answer = await approve('lin', ids);
    expect(answer.status, answer.text).toBe(200);
    expect(answer.body.approved).toMatchObject(ids.map((id) => ({ mapping: { id, status: 'approved', approved: { by: 'lin' } }, job: { mapping: id } })));
    expect(await statusOf(old.id)).toBe('retired');
    await bench.remap();
    expect((await bench.fhir('GET', '/Observation?code=http://loinc.org|14749-6&combo-code=https://bund.example/sources/hospital-a/codes|ALL-1')).body.entry).toHaveLength(1);
  });

  it('is approved as a whole or not at all, and each cause is told', async () => {
    const ids = await proposed(proposal('hospital-c', 'PART-1'), proposal('hospital-c', 'PART-2'), proposal('hospital-c', 'PART-2', { item: 'UREA', loinc: '22664-7' }), proposal('hospital-c', 'PART-3'));
    await decide('lin', ids[3] ?? '', 'reject');
    const answer = await approve('lin', ids);
    expect(answer.status).toBe(422);
    expect(answer.body.issue).toMatchObject([
      { expression: ['mappings[2]'], diagnostics: expect.stringMatching(/hospital-c PART-2 → UREA.*would contradict hospital-c PART-2 → GLU/) },
      { expression: ['mappings[3]'], diagnostics: 'The mapping is rejected, and must be proposed' },
    ]);
    expect(await Promise.all(ids.slice(0, 3).map(statusOf))).toEqual(['proposed', 'proposed', 'proposed']);
  });

  it('that is proposed again is the one that waits; of another person it is refused, and names that', async () => {
    const body = proposal('hospital-b', 'AGAIN');
    const { mapping } = (await propose(body)).body;
    expect((await propose({ ...body, reason: 'sent again' })).body.mapping).toEqual(mapping);
    expect((await propose(proposal('hospital-b', 'AGAIN', { when: { unit: 'g/L' } }))).body.mapping.id).not.toBe(mapping.id);
    const refused = await bench.as('bo', 'POST', '/terminology/mappings', body);
    expect([refused.status, refused.text]).toEqual([422, expect.stringContaining(mapping.id)]);
    await bench.as('bo', 'POST', `/terminology/mappings/${mapping.id}/reject`, { reason: 'not so' });
    expect((await propose(body)).body.mapping.id).not.toBe(mapping.id);
  });

  it('is not approved by whoever proposed any of it, nor twice, nor unknown', async () => {
    const [id = ''] = await proposed(proposal('hospital-a', 'OWN-1'));
    expect((await approve('mei', [id])).body.issue).toMatchObject([{ expression: ['mappings[0]'], diagnostics: expect.stringContaining('another person') }]);
    const unknown = await approve('lin', [id, 'unknown']);
    expect([unknown.status, unknown.body.issue[0].expression]).toEqual([404, ['mappings[1]']]);
    for (const [mappings, cause] of [[[], 'mappings'], [[id, id], 'names a mapping twice'], [Array.from({ length: 1_001 }, (_, n) => String(n)), 'mappings'], ['x', 'mappings']] as const) {
      const refused = await approve('lin', mappings);
      expect([refused.status, refused.body.issue[0].diagnostics]).toEqual([422, expect.stringContaining(cause)]);
    }
    expect((await approve('lin', [id])).status).toBe(200);
    expect((await approve('wu', [id])).body.issue[0].diagnostics).toBe('The mapping is approved, and must be proposed');
  });
});

describe('a decision', () => {
  it('is made by another person than the one who proposed, once, and with a reason', async () => {
    const { id } = (await propose(proposal('hospital-a', 'TWO'))).body.mapping;
    expect((await decide('mei', id, 'approve')).body.issue[0].diagnostics).toBe('A mapping is approved by another person than the one who proposed it');
    expect((await decide('lin', id, 'approve', {})).status).toBe(422);
    expect((await decide('lin', id, 'approve')).body.mapping).toMatchObject({ status: 'approved', approved: { by: 'lin', reason: 'as agreed' } });
    expect((await decide('wu', id, 'approve')).body.issue[0].diagnostics).toBe('The mapping is approved, and must be proposed');
    expect((await decide('wu', id, 'reject')).status).toBe(422);
    expect((await decide('wu', 'unknown', 'reject')).status).toBe(404);
  });

  it('may be to reject, and to take back what one proposed oneself', async () => {
    const ids = [(await propose(proposal('hospital-a', 'REJ-1'))).body.mapping.id, (await propose(proposal('hospital-a', 'REJ-2'))).body.mapping.id];
    expect((await decide('lin', ids[0], 'reject')).body).toMatchObject({ mapping: { status: 'rejected', rejected: { by: 'lin' } } });
    expect((await decide('mei', ids[1], 'reject')).body.mapping.status).toBe('rejected');
    expect((await bench.as('lin', 'GET', '/terminology/mappings?status=rejected&source=hospital-a')).body.mappings.map(({ local }: { local: string }) => local)).toEqual(['REJ-2', 'REJ-1']);
  });

  it('needs the scope for it', async () => {
    const { id } = (await propose(proposal('hospital-a', 'SCOPE'))).body.mapping;
    const asked = (scopes: string[], address: string, method = 'POST') => fetch(bench.url + address, {
      method, headers: { Authorization: `Bearer ${bench.token('operator', { subject: 'lin', scopes })}`, 'Content-Type': 'application/json' }, ...(method === 'GET' ? {} : { body: '{"reason":"as agreed"}' }),
    });
    expect((await asked(['terminology.propose', 'terminology.read'], `/terminology/mappings/${String(id)}/approve`)).status).toBe(403);
    expect((await asked(['terminology.propose'], '/terminology/mappings', 'GET')).status).toBe(403);
    expect((await asked(['terminology.approve', 'terminology.read'], `/terminology/mappings/${String(id)}/reject`)).status).toBe(200);
    expect((await fetch(`${bench.url}/terminology/mappings`, { headers: { Authorization: `Bearer ${bench.token('clinician')}` } })).status).toBe(403);
  });

  it('is refused where a result could meet two mappings, and names both', async () => {
    const { mapping } = await bench.map(proposal('hospital-a', 'AMB', { when: { specimen: '血清' } }));
    const other = await propose(proposal('hospital-a', 'AMB', { item: 'UREA', loinc: '22664-7', when: { unit: 'mmol/L' } }));
    expect(other.status).toBe(422);
    expect(other.body.issue[0]).toMatchObject({ expression: ['when'], diagnostics: expect.stringMatching(new RegExp(`hospital-a AMB → UREA.*hospital-a AMB → GLU.*${mapping.id}`)) });
    for (const changes of [{ when: { specimen: '尿' } }, { when: { specimen: '血清', unit: 'mg/dL' } }, {}]) expect((await propose(proposal('hospital-a', 'AMB', changes))).status).toBe(201);
  });

  it('about one code by two people at one moment is right for one of them', async () => {
    const ids = await Promise.all(['GLU', 'UREA'].map(async (item) => (await propose(proposal('hospital-a', 'RACE', { item, loinc: item === 'GLU' ? '14749-6' : '22664-7' }))).body.mapping.id as string));
    const answers = await Promise.all(ids.map((id, at) => decide(`person-${at}`, id, 'approve')));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422]);
  });

  it('can replace what was approved, and its history tells everything', async () => {
    const { mapping } = await bench.map(proposal('hospital-a', 'REPL', { item: 'UREA', loinc: '22664-7' }));
    expect((await propose(proposal('hospital-a', 'REPL'))).status).toBe(422);
    expect((await propose(proposal('hospital-a', 'OTHER', { replaces: mapping.id }))).body.issue[0].expression).toEqual(['replaces']);
    const second = await bench.map(proposal('hospital-a', 'REPL', { replaces: mapping.id }));
    const history = await bench.as('lin', 'GET', `/terminology/mappings/${mapping.id}/history`);
    expect(history.body.versions.map(({ version, mapping: { status } }: { version: number; mapping: { status: string } }) => [version, status])).toEqual([[3, 'retired'], [2, 'approved'], [1, 'proposed']]);
    expect(history.body.versions[0].mapping.retired).toMatchObject({ by: 'lin', reason: `Replaced by ${second.mapping.id}` });
  });
});

describe('a mapping for one specimen', () => {
  it('holds for results of that specimen only, whichever message brought it', async () => {
    await bench.map(proposal('hospital-a', 'SPEC', { when: { specimen: '血清' } }));
    await bench.remap();
    const specimen = (number: string, text: string): object => ({ resourceType: 'Specimen', identifier: [{ system: 'https://bund.example/sources/hospital-a/specimen', value: number }], type: { text }, subject: { reference: 'urn:uuid:00000000-0000-4000-8000-000000000000' } });
    for (const [number, text] of [['s-1', '血 清'], ['s-2', '尿']] as const) {
      const message = labBundle('hospital-a', { number: 'spec-1' }, [{ number, code: 'SPEC' }]);
      const [first, second] = message.entry;
      const result = { ...(second?.resource as object), specimen: { reference: 'urn:uuid:00000000-0000-4000-8000-0000000000ff' } };
      const third = { ...second, fullUrl: 'urn:uuid:00000000-0000-4000-8000-0000000000ff', resource: specimen(number, text), request: { method: 'POST', url: 'Specimen' } };
      expect((await bench.push('hospital-a', { ...message, entry: [first, { ...second, resource: result }, third] })).status).toBe(200);
    }
    // Approved anew, so that stored results are looked at with their stored specimens.
    const { mapping } = (await bench.as('lin', 'GET', '/terminology/mappings?local=SPEC&status=approved')).body.mappings.map((one: unknown) => ({ mapping: one }))[0];
    await bench.map(proposal('hospital-a', 'SPEC', { when: { specimen: '血 清' }, equivalence: 'equal', replaces: mapping.id }));
    await bench.remap();
    const stored = (await bench.stored('Observation')).filter((one) => JSON.stringify(one).includes('"SPEC"'));
    expect(stored.map((one) => JSON.stringify(one).includes('14749-6')).sort()).toEqual([false, true]);
  });
});

describe('a job', () => {
  it('goes on where a process that died has left it, and counts each result once', async () => {
    for (let at = 0; at < 5; at++) {
      await bench.push('hospital-a', labBundle('hospital-a', { number: `job-${at}` }, Array.from({ length: 50 }, (_, n) => ({ number: `job-${at}-${n}`, code: 'JOB' }))));
    }
    await bench.remap();
    const { job } = await bench.map(proposal('hospital-a', 'JOB'));
    const { store } = interruptibleStore(bench.services.store);
    let commits = 0;
    const dying: Services = { ...bench.services, store: { ...store, commit: (changes, options) => (++commits > 3 ? Promise.reject(new Error('power cut')) : store.commit(changes, options)) } };
    await runRemapJobs(dying, { worker: 'died', graceMs: 0, restartMs: 0 });
    const left = parseJob((await bench.services.store.read({ type: REMAP_JOB_TYPE, id: job.id }))!.body);
    expect(left).toMatchObject({ status: 'running', total: 250, examined: 200, changed: 200, worker: 'died' });
    expect(await bench.services.store.count({ type: 'Observation', where: resultsOf(bench.services, left) })).toBe(250);

    expect(await runRemapJobs(bench.services, { worker: 'next', graceMs: 0, restartMs: 0 })).toBe(1);
    const later = { ...bench.services, clock: () => new Date(Date.now() + 61_000) };
    expect(await runRemapJobs(later, { worker: 'next', graceMs: 0, restartMs: 0 })).toBe(0);
    expect((await bench.as('lin', 'GET', `/terminology/jobs/${job.id}`)).body.job).toMatchObject({ status: 'done', total: 250, examined: 250, changed: 250 });
  });
});

describe('whatever is sent to the workbench', () => {
  it('is answered with a fault of the sender, never of the server', async () => {
    const body = fc.oneof(fc.jsonValue(), fc.record({ kind: fc.constantFrom('code', 'unit', 'x'), source: fc.constantFrom('hospital-a', '', 'x'), local: fc.string(), loinc: fc.string(), item: fc.string(), ucum: fc.string(), equivalence: fc.constantFrom('equal', 'x'), reason: fc.string(), mappings: fc.array(fc.string()), when: fc.jsonValue(), effective: fc.jsonValue() }));
    const address = fc.constantFrom('/mappings', '/mappings/$approve', '/mappings/x/approve', '/mappings/x/reject', '/mappings/x/retire', '/ConceptMap?source=hospital-a', '/coverage', '/jobs/x');
    await fc.assert(fc.asyncProperty(address, body, async (at, sent) => {
      const { status } = await bench.as('mei', 'POST', `/terminology${at}`, sent);
      expect(status).toBeLessThan(500);
    }), { numRuns: 150 });
  });

  it('needs a known method and known parameters', async () => {
    for (const address of ['/coverage?x=1', '/suggestions?source=hospital-a&code=1&x=1', '/mappings?status=x', '/jobs?status=x', '/ConceptMap']) expect((await bench.as('mei', 'GET', `/terminology${address}`)).status, address).toBe(400);
    expect((await bench.as('mei', 'DELETE', '/terminology/mappings')).status).toBe(405);
    for (const address of ['/mappings/x', '/mappings/x/history', '/jobs/x']) expect((await bench.as('mei', 'GET', `/terminology${address}`)).status, address).toBe(404);
  });
});
