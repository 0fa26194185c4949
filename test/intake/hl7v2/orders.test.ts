import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STORES } from '../../http/server.ts';
import type { Parsed } from '../../http/server.ts';
import type { IntakeServer } from '../intake-server.ts';
import { startIntakeServer } from '../intake-server.ts';
import { permutationsOf } from './permutations.ts';
import { pid, v2 } from './samples.ts';

const HL7 = { 'Content-Type': 'application/hl7-v2' };

/** What a message says of the order: its control, what it says beside that, and whether it names what is ordered. */
interface Said { readonly control: string; readonly hour: string; readonly status?: string; readonly time?: string; readonly isAlone?: boolean }

function tell(number: string, { control, hour, status = '', time = '', isAlone = false }: Said): string {
  const request = isAlone ? [] : [`OBR|1|${number}||RFT^肾功能^99PANEL`];
  return v2({ type: 'ORM^O01', control: `${number}-${control}-${hour}`, at: `20260301${hour}0000+0800`, segments: [pid({ number: 'P1' }), `ORC|${control}|${number}|||${status}||||${time}`, ...request] });
}

describe.each(STORES)('an order on $name', ({ uri }) => {
  let server: IntakeServer;
  beforeAll(async () => { server = await startIntakeServer({ uri }); });
  afterAll(() => server.stop());
  let orders = 0;

  async function stateAfter(said: readonly Said[]): Promise<Parsed> {
    const number = `OR${orders++}-`;
    for (const one of said) {
      const answer = await server.push('hospital-b', tell(number, one), HL7);
      expect(answer.text, `${one.control} of ${said.map(({ control }) => control).join(' ')}`).toContain('MSA|AA');
    }
    const found = (await server.stored('ServiceRequest')).filter((one) => JSON.stringify(one['identifier']).includes(`"${number}"`));
    expect(found).toHaveLength(1);
    return { ...found[0], id: '', identifier: [] };
  }

  it('keeps the number of who does it where a later message names that of who asked alone, in any order', async () => {
    const said = (control: string, hour: string, filler: string) => (number: string): string => v2({
      type: 'ORM^O01', control: `${number}-${control}`, at: `20260301${hour}0000+0800`, segments: [pid({ number: 'P1' }), `ORC|${control}|${number}|${filler === '' ? '' : `${number}${filler}`}||CM`, `OBR|1|${number}||RFT^肾功能^99PANEL`],
    });
    for (const [index, messages] of permutationsOf([said('NW', '08', '-F'), said('SC', '10', '')]).entries()) {
      const number = `ORN${index}`;
      for (const message of messages) expect((await server.push('hospital-b', message(number), HL7)).text).toContain('MSA|AA');
      const found = (await server.stored('ServiceRequest')).filter((one) => JSON.stringify(one['identifier']).includes(`"${number}"`));
      expect(found.map(({ identifier }: Parsed) => identifier.map(({ value }: Parsed) => value).sort())).toEqual([[number, `${number}-F`]]);
    }
  });

  const placed: Said = { control: 'NW', hour: '08' };
  it.each<[string, Said[], string]>([
    ['cancelled', [{ control: 'CA', hour: '10' }], 'revoked'],
    ['cancelled by a message that does not say what it was for', [{ control: 'CA', hour: '10', isAlone: true }], 'revoked'],
    ['discontinued', [{ control: 'DC', hour: '10' }], 'revoked'], ['cancelled by who does it', [{ control: 'OC', hour: '10' }], 'revoked'], ['replaced', [{ control: 'RP', hour: '10' }], 'revoked'],
    ['changed', [{ control: 'XO', hour: '10' }], 'active'], ['held', [{ control: 'HD', hour: '10' }], 'on-hold'], ['held and released', [{ control: 'HD', hour: '10' }, { control: 'RL', hour: '11' }], 'active'],
    ['done', [{ control: 'SC', hour: '10', status: 'CM' }], 'completed'], ['changed and done', [{ control: 'XO', hour: '09', time: '202603010900' }, { control: 'SC', hour: '10', status: 'CM', time: '202603011000' }], 'completed'],
  ])('that is %s ends in one state, in whatever order that is told, and however often', async (_what, others, status) => {
    const told = [placed, ...others];
    const inOrder = await stateAfter(told);
    expect(inOrder).toMatchObject({ status, authoredOn: '2026-03-01T08:00:00+08:00', code: { coding: [{ code: 'RFT' }] } });
    for (const order of permutationsOf(told)) expect(await stateAfter([...order, ...order]), order.map(({ control }) => control).join(' ')).toEqual(inOrder);
  });

  it('of which only the cancellation has come is kept, and says what nobody has told yet', async () => {
    expect(await stateAfter([{ control: 'CA', hour: '10', time: '202603011000', isAlone: true }])).toMatchObject({
      status: 'revoked', intent: 'order', _authoredOn: { extension: [{ valueCode: 'unknown' }] }, code: { extension: [{ valueCode: 'unknown' }] },
    });
  });

  it('was placed when its event says so', async () => {
    expect(await stateAfter([{ ...placed, time: '202603010730' }, { control: 'CA', hour: '10', time: '202603011000' }])).toMatchObject({ authoredOn: '2026-03-01T07:30:00+08:00' });
  });

  it('that names nothing is refused, whatever was known of it', async () => {
    const answer = await server.push('hospital-b', tell('ORX', { ...placed, isAlone: true }), HL7);
    expect(answer.text).toContain('MSA|AE');
    await server.push('hospital-b', tell('ORX', { control: 'CA', hour: '10' }), HL7);
    expect((await server.push('hospital-b', tell('ORX', { ...placed, hour: '07', isAlone: true }), HL7)).text).toContain('MSA|AE');
  });
});
