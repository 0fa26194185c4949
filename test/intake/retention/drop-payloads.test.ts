import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dropPayloads } from '../../../src/intake/retention/drop-payloads.ts';
import { workOnReplays } from '../../../src/intake/replays/work-on-replays.ts';
import type { Source } from '../../../src/intake/source.ts';
import type { Services } from '../../../src/services.ts';
import type { Answer } from '../../http/server.ts';
import { STORES } from '../../http/server.ts';
import type { IntakeServer } from '../intake-server.ts';
import { startIntakeServer } from '../intake-server.ts';
import { bundle, labBundle, patient, result, urn } from '../samples.ts';

const DAY_MS = 86_400_000;

describe.each(STORES)('the bodies of messages on $name', ({ uri }) => {
  let server: IntakeServer;
  beforeAll(async () => { server = await startIntakeServer({ uri, change: keepingFor(30) }); });
  afterAll(() => server.stop());

  const after = (days: number): Services => ({ ...keepingFor(30)(server.services), clock: () => new Date(Date.now() + days * DAY_MS) });
  const idOf = (answer: Answer): string => answer.headers.get('x-intake-message') ?? '';
  const detail = async (id: string) => (await server.operator('GET', `/intake/messages/${id}`)).body;
  const kept = (id: string) => server.services.store.read({ type: 'SourcePayload', id: `${id}-0` });

  it('go for good when their time is over; the message, its hash, its answer and what it brought stay', async () => {
    const message = labBundle('hospital-a', { number: 'rd1' }, [{ number: 'rd1-1', code: 'GLU' }], { identifier: 'rd1' });
    const answer = await server.push('hospital-a', message);
    const before = await detail(idOf(answer));
    expect(await dropPayloads(after(29))).toBe(0);
    expect(await dropPayloads(after(31))).toBe(1);
    expect(await dropPayloads(after(31))).toBe(0);

    expect(await kept(idOf(answer))).toMatchObject({ deleted: true, body: '' });
    expect((await server.services.store.history({ type: 'SourcePayload', id: `${idOf(answer)}-0`, limit: 10 })).items.map(({ body }) => body)).toEqual(['', '']);
    const now = await detail(idOf(answer));
    expect(now).toMatchObject({ message: { status: 'processed', contentHash: before.message.contentHash, payloadDroppedAt: expect.any(String) }, answer: before.answer });
    expect((await server.push('hospital-a', message)).text).toBe(answer.text);
    expect((await server.fhir('GET', '/Observation?identifier=rd1-1&_summary=count')).body.total).toBe(1);
    const traced = await server.fhir('GET', '/AuditEvent?subtype=intake-retention&_count=1');
    expect(traced.body.entry[0].resource).toMatchObject({ action: 'D', entity: [{ what: { reference: `SourceMessage/${idOf(answer)}` } }, {}] });
  });

  it('make a replay impossible when they are gone, which says so', async () => {
    const answer = await server.push('hospital-a', patient('hospital-a', { number: 'rd2' }));
    await dropPayloads(after(31));
    const replayed = await server.operator('POST', `/intake/messages/${idOf(answer)}/replay`);
    expect(replayed.status).toBe(410);
    expect(replayed.body.issue[0].diagnostics).toContain('only the source can send it again');
    expect((await server.operator('POST', '/intake/replays/$estimate', { filter: { ids: [idOf(answer)] } })).body.messages).toBe(0);
  });

  it('stay while anything of the message is refused or unfinished, and where nothing is said of how long', async () => {
    const refused = await server.push('hospital-a', result('hospital-a', { number: 'rd3-1', code: 'GLU', subject: 'Patient/none' }));
    const partly = await server.push('hospital-a', bundle([patient('hospital-a', { number: 'rd3' }), { ...result('hospital-a', { number: 'rd3-2', code: 'GLU', subject: urn(0) }), status: 'ready' }], { type: 'batch' }));
    const other = await server.push('hospital-b', patient('hospital-b', { number: 'rd3' }));
    expect(await dropPayloads(after(400))).toBe(0);
    for (const answer of [refused, partly, other]) expect((await kept(idOf(answer)))?.deleted).toBe(false);
  });

  it('go one by one however many are due, by gateways that do it at one moment', async () => {
    const answers = await Promise.all(Array.from({ length: 52 }, (_, at) => server.push('hospital-a', patient('hospital-a', { number: `rd4-${at}` }))));
    const dropped = await Promise.all([dropPayloads(after(31)), dropPayloads(after(31))]);
    expect(dropped.reduce((sum, count) => sum + count, 0)).toBe(52);
    for (const answer of answers) expect((await kept(idOf(answer)))?.deleted).toBe(true);
  });

  it('that are not what was received are not processed, and say so', async () => {
    const answers = [await server.push('hospital-b', patient('hospital-b', { number: 'rd5' })), await server.push('hospital-b', patient('hospital-b', { number: 'rd6' })), await server.push('hospital-b', patient('hospital-b', { number: 'rd7' }))];
    const [changed = '', broken = '', missing = ''] = answers.map(idOf);
    const another = await kept(idOf(answers[2]!));
    await server.services.store.commit([
      { kind: 'put', resource: { resourceType: 'SourcePayload', id: `${changed}-0`, data: JSON.parse(another?.body ?? '{}').data } },
      { kind: 'put', resource: { resourceType: 'SourcePayload', id: `${broken}-0`, data: 'H4sIAAAA' } },
      { kind: 'delete', key: { type: 'SourcePayload', id: `${missing}-0` } },
    ]);
    for (const id of [changed, broken, missing]) {
      const replayed = await server.operator('POST', `/intake/messages/${id}/replay`);
      expect(replayed.status).toBe(500);
      expect(replayed.body.issue[0].diagnostics).toContain('its hash is another');
    }
    const ordered = await server.operator('POST', '/intake/replays', { filter: { ids: [changed, broken, missing] } });
    await workOnReplays(server.services, { name: 'w1', signal: new AbortController().signal });
    expect((await server.operator('GET', `/intake/replays/${ordered.body.id}`)).body).toMatchObject({ state: 'done', done: { failed: 3 } });
  });
});

/** Bodies of hospital-a are kept for so many days. */
function keepingFor(rawDays: number): (services: Services) => Services {
  return (services) => ({ ...services, sources: new Map([...services.sources].map(([id, source]): [string, Source] => [id, id === 'hospital-a' ? { ...source, retention: { rawDays } } : source])) });
}
