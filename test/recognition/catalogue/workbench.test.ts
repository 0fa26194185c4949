import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBeside } from '../../intake/intake-server.ts';
import { STORES } from '../../http/server.ts';
import type { RecognitionServer } from '../catalogue-server.ts';
import { faultOf, rowProposal, startRecognitionServer } from '../catalogue-server.ts';
import type { Parsed } from '../../http/server.ts';

describe.each(STORES)('the catalogue in the workbench on $name', ({ uri }) => {
  let bench: RecognitionServer;
  beforeAll(async () => { bench = await startRecognitionServer(uri); });
  afterAll(() => bench.stop());

  const rowOn = async (item: string, day: string): Promise<Parsed> => (await bench.as('mei', 'GET', `/recognition/catalogue?item=${item}&kind=laboratory&day=${day}`)).body.rows[0];
  const post = (person: string, address: string, body: unknown) => bench.as(person, 'POST', `/recognition${address}`, body);
  const reason = 'agreed by the committee';

  it('changes a row when two people have decided it, from its day on', async () => {
    const proposed = await post('mei', '/changes', rowProposal({}, { replaces: 'GLU@2024' }));
    expect(proposed.status, proposed.text).toBe(201);
    const { id } = proposed.body.change;
    expect(proposed.headers.get('location')).toBe(`/recognition/changes/${id}`);
    expect(await rowOn('GLU', '2026-03-01')).toMatchObject({ window: { days: 30 } });
    const own = await post('mei', `/changes/${id}/approve`, { reason });
    expect([own.status, faultOf(own).diagnostics]).toEqual([422, 'A change of the catalogue is approved by another person than the one who proposed it']);
    expect((await post('lin', `/changes/${id}/approve`, { reason })).body.change).toMatchObject({ status: 'approved', approved: { by: 'lin', reason }, about: 'item GLU' });
    expect(await rowOn('GLU', '2026-02-28')).toMatchObject({ id: 'GLU@2024', window: { days: 30 }, effective: { to: '2026-02-28' } });
    expect(await rowOn('GLU', '2026-03-01')).toMatchObject({ window: { days: 3 } });
    expect((await post('lin', `/changes/${id}/approve`, { reason })).status).toBe(422);
  });

  it('refuses a row that overlaps another, and names both', async () => {
    const answer = await post('mei', '/changes', rowProposal({ item: 'UA' }));
    expect(answer.status).toBe(422);
    expect(faultOf(answer).diagnostics).toMatch(/approved UA@2026-03-01\.\w+ \(2026-03-01 to …\)/);
    expect(faultOf(answer).diagnostics).toContain('profiles/recognition/catalogue.json row UA@2024 (2024-01-01 to …)');
    expect(faultOf(answer).expression).toEqual(['content.effective']);
  });

  it('refuses at the approval what was approved to the contrary meanwhile', async () => {
    const [first, second] = await Promise.all(['mei', 'wang'].map((person) => post(person, '/changes', rowProposal({ item: 'CREA', window: { days: person.length, anchor: 'collected' } }, { replaces: 'CREA@2024' }))));
    const answers = await Promise.all([first, second].map((answer) => post('lin', `/changes/${String(answer?.body.change.id)}/approve`, { reason })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422]);
    expect(answers.find(({ status }) => status === 422)?.text).toMatch(/both hold for item CREA on 2026-03-01/);
  });

  it('ends a row, and takes that back', async () => {
    const ended = await bench.change({ subject: 'row', ends: 'LDH@2024', lastDay: '2026-05-31', reason: 'no longer assessed' });
    expect(await rowOn('LDH', '2026-05-31')).toMatchObject({ id: 'LDH@2024', effective: { to: '2026-05-31' } });
    expect(await rowOn('LDH', '2026-06-01')).toBeUndefined();
    expect((await post('lin', `/changes/${String(ended.id)}/retire`, { reason: 'assessed again' })).status).toBe(200);
    expect(await rowOn('LDH', '2026-06-01')).toMatchObject({ id: 'LDH@2024' });
  });

  it('retires what was approved with a last day, or as a mistake', async () => {
    const change = await bench.change(rowProposal({ item: 'GGT', effective: { from: '2026-04-01' } }, { replaces: 'GGT@2024' }));
    const outside = await post('lin', `/changes/${String(change.id)}/retire`, { reason, lastDay: '2026-03-31' });
    expect([outside.status, faultOf(outside).diagnostics]).toEqual([422, 'The last day lies outside the days of the entry, 2026-04-01 to …']);
    expect((await post('lin', `/changes/${String(change.id)}/retire`, { reason, lastDay: '2026-04-30' })).status).toBe(200);
    expect([(await rowOn('GGT', '2026-04-30')).window.days, await rowOn('GGT', '2026-05-01')]).toEqual([3, undefined]);
    expect((await post('lin', `/changes/${String(change.id)}/retire`, { reason: 'it was a mistake' })).body.change.status).toBe('retired');
    expect((await rowOn('GGT', '2026-05-01')).window.days).toBe(30);
  });

  it('does not take back an end after which something else begins, and names both', async () => {
    const ended = await bench.change({ subject: 'row', ends: 'TBA@2024', lastDay: '2026-05-31', reason: 'another method is coming' });
    await bench.change(rowProposal({ item: 'TBA', effective: { from: '2026-06-01' } }));
    const answer = await post('lin', `/changes/${String(ended.id)}/retire`, { reason });
    expect(answer.status).toBe(422);
    expect(answer.text).toMatch(/TBA@2024.*both hold|both hold.*TBA@2024/);
  });

  it('changes panels, prices and groups alike', async () => {
    await bench.change({ subject: 'panel', replaces: 'LIP@2024', reason, content: { panel: 'LIP', zh: '血脂四项', en: 'Lipids', members: ['TC', 'TG'], effective: { from: '2026-03-01' } } });
    await bench.change({ subject: 'price', replaces: 'chengxin item GLU@2024-01-01', reason, content: { organization: 'chengxin', item: 'GLU', fen: 550, patientShare: 25, effective: { from: '2026-03-01' } } });
    await bench.change({ subject: 'group', replaces: '肿瘤标志物@2024', reason, content: { group: '肿瘤标志物', en: 'Tumour markers', isEnabled: false, disabledReason: '方法调整中', effective: { from: '2026-03-01' } } });
    const { recognition } = bench.services;
    expect(recognition.panel('LIP', '2026-03-01')).toMatchObject({ zh: '血脂四项', members: ['TC', 'TG'] });
    expect(recognition.panel('LIP', '2026-02-28')).toMatchObject({ zh: '血脂' });
    expect([recognition.priceOf('chengxin', { kind: 'item', key: 'GLU' }, '2026-02-28'), recognition.priceOf('chengxin', { kind: 'item', key: 'GLU' }, '2026-03-01')]).toEqual([{ fen: 600, patientShare: 30 }, { fen: 550, patientShare: 25 }]);
    expect(await rowOn('CEA', '2026-03-01')).toMatchObject({ isEnabled: false, disabledReason: '方法调整中' });
  });

  it('refuses what names nothing, each element told', async () => {
    const cases: readonly (readonly [object, string, RegExp])[] = [
      [rowProposal({ item: 'GLUX' }), 'content.item', /GLUX is no item/],
      [rowProposal({ specimens: ['saliva'] }, { replaces: 'GLU@2024' }), 'content.specimens', /saliva is no class/],
      [rowProposal({}, { replaces: 'K@2024' }), 'replaces', /K@2024 is about item K, and cannot be followed by an entry about item GLU/],
      [rowProposal({}, { replaces: 'no such row' }), 'replaces', /has no row no such row/],
      [{ subject: 'row', ends: 'NA@2024', lastDay: '2023-01-01', reason }, 'lastDay', /outside the days of NA@2024/],
      [{ subject: 'panel', reason, replaces: 'LFT@2024', content: { panel: 'LFT', zh: 'x', en: 'x', members: ['FAT'], effective: { from: '2026-03-01' } } }, 'content.members', /FAT is no item/],
      [{ subject: 'price', reason, content: { organization: 'nowhere', item: 'GLU', fen: 1, patientShare: 0, effective: { from: '2026-03-01' } } }, 'content.organization', /nowhere is neither/],
      [rowProposal({ window: { days: -1, anchor: 'collected' } }), 'content.window.days', /./],
      [{ subject: 'row', reason: 'why', ends: 'K@2024', lastDay: '2026-02-30' }, 'lastDay', /./],
    ];
    for (const [proposal, element, fault] of cases) {
      const answer = await post('mei', '/changes', proposal);
      expect(answer.status, JSON.stringify(proposal)).toBe(422);
      const issue = answer.body.issue.find(({ expression }: { expression?: string[] }) => expression?.[0] === element);
      expect(issue?.diagnostics, answer.text).toMatch(fault);
    }
  });

  it('lists changes, and who did what to one', async () => {
    const listed = await bench.as('mei', 'GET', '/recognition/changes?status=retired&subject=row&_count=1');
    expect(listed.body.changes).toHaveLength(1);
    expect((await bench.as('mei', 'GET', listed.body.next)).body.changes).toHaveLength(1);
    const { id } = listed.body.changes[0];
    const { versions } = (await bench.as('mei', 'GET', `/recognition/changes/${String(id)}/history`)).body;
    expect(versions.map(({ change }: Parsed) => change.status)).toEqual(['retired', 'approved', 'approved', 'proposed'].slice(-versions.length));
    expect((await bench.as('mei', 'GET', `/recognition/changes/${String(id)}`)).body.change.id).toBe(id);
    expect((await bench.as('mei', 'GET', '/recognition/changes/none')).status).toBe(404);
    expect((await bench.as('mei', 'GET', '/recognition/changes?status=open')).status).toBe(400);
  });

  it('rejects a proposal, and takes back one\'s own', async () => {
    for (const person of ['mei', 'lin']) {
      const { id } = (await post('mei', '/changes', rowProposal({ item: 'UREA', effective: { from: '2027-01-01' } }, { replaces: 'UREA@2024' }))).body.change;
      expect((await post(person, `/changes/${String(id)}/reject`, { reason: 'not agreed upon' })).body.change).toMatchObject({ status: 'rejected', rejected: { by: person } });
      expect((await post('lin', `/changes/${String(id)}/approve`, { reason })).status).toBe(422);
    }
    expect((await rowOn('UREA', '2027-01-01')).id).toBe('UREA@2024');
  });

  it('is read by whoever has a token, changed by operators alone, and every access is traced', async () => {
    const ask = async (role: 'clinician' | 'source' | 'auditor' | 'manager', method: string, address: string) =>
      (await fetch(bench.url + address, { method, headers: { Authorization: `Bearer ${bench.token(role, { facility: 'chengxin', source: 'hospital-a' })}`, 'Content-Type': 'application/json' }, ...(method === 'POST' ? { body: JSON.stringify(rowProposal({ item: 'UA' })) } : {}) })).status;
    for (const role of ['clinician', 'source', 'auditor', 'manager'] as const) {
      expect([role, await ask(role, 'GET', '/recognition/catalogue'), await ask(role, 'GET', '/recognition/changes'), await ask(role, 'POST', '/recognition/changes')]).toEqual([role, 200, 403, 403]);
    }
    expect((await fetch(`${bench.url}/recognition/catalogue`)).status).toBe(401);
    const { rows, panels, scopes, retestReasons, day } = (await bench.as('mei', 'GET', '/recognition/catalogue?day=2026-03-01')).body;
    expect([rows.length, panels.length, scopes.length, retestReasons.length, day]).toEqual([112, 14, 5, 6, '2026-03-01']);
    expect((await bench.as('mei', 'GET', '/recognition/catalogue?day=2026-02-30')).status).toBe(400);
    const traces = await bench.fhir('GET', '/AuditEvent?_count=200');
    for (const interaction of ['catalogue-read', 'recognition-propose', 'recognition-approve', 'recognition-read', 'recognition-retire', 'recognition-reject']) expect([interaction, traces.text.includes(`"${interaction}"`)]).toEqual([interaction, true]);
  });

  it('holds at another gateway without a restart, and at one that starts later', async () => {
    const running = await startBeside(bench);
    const seen = async (gateway: Awaited<ReturnType<typeof startBeside>>): Promise<number> => (await gateway.operator('GET', '/recognition/catalogue?item=ESR&day=2026-07-01')).body.rows[0].window.days;
    try {
      expect(await seen(running)).toBe(7);
      await bench.change(rowProposal({ item: 'ESR', specimens: ['blood'], effective: { from: '2026-07-01' } }, { replaces: 'ESR@2024' }));
      // The poll of a gateway is the same call; here it is made when told.
      const proposed = await running.operator('POST', '/recognition/changes', rowProposal({ item: 'PLT', specimens: ['blood'], effective: { from: '2026-07-01' } }, { replaces: 'PLT@2024' }));
      expect([proposed.status, await seen(running)]).toEqual([201, 3]);
    } finally {
      await running.stop();
    }
    const later = await startBeside(bench);
    try {
      expect(await seen(later)).toBe(3);
    } finally {
      await later.stop();
    }
  });

  it('answers any body with an OperationOutcome that names what is wrong, and changes nothing', async () => {
    const before = bench.services.recognition.revision;
    const place = fc.constantFrom(['content', 'item'], ['content', 'window', 'days'], ['content', 'effective', 'from'], ['content', 'effective'], ['content', 'specimens'], ['content'], ['subject'], ['reason'], ['replaces'], ['content', 'sources'], ['content', 'loinc'], ['content', 'accepts']);
    const mutated = fc.record({ at: place, value: fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom('__proto__', '2026-13-01', -1, 1e99, 'GLU@2024', '\u0000', 'x'.repeat(5_000))) }).map(({ at, value }) => {
      const body = structuredClone(rowProposal({})) as Parsed;
      const holder = at.slice(0, -1).reduce((inner, name) => inner[name], body);
      holder[at.at(-1) ?? ''] = value;
      return body;
    });
    await fc.assert(fc.asyncProperty(fc.oneof({ arbitrary: mutated, weight: 4 }, { arbitrary: fc.jsonValue({ maxDepth: 2 }), weight: 1 }), async (body) => {
      const answer = await post('mei', '/changes', body);
      if (answer.status === 201) return;
      expect([400, 422], answer.text).toContain(answer.status);
      expect(answer.body.resourceType).toBe('OperationOutcome');
      expect(answer.body.issue[0].diagnostics.length).toBeGreaterThan(5);
    }), { numRuns: 150 });
    expect(bench.services.recognition.revision).toBe(before);
  });
});
