import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STORES } from '../../http/server.ts';
import type { Parsed } from '../../http/server.ts';
import type { IntakeServer } from '../intake-server.ts';
import { startIntakeServer } from '../intake-server.ts';
import { permutationsOf } from './permutations.ts';
import { pid, v2 } from './samples.ts';

const HL7 = { 'Content-Type': 'application/hl7-v2' };

/** An event of a stay, by the hour at which it was sent, and fields of its PV1. */
interface Told { readonly event: string; readonly hour: string; readonly fields?: Readonly<Record<number, string>> }

function tell(number: string, { event, hour, fields = {} }: Told): string {
  const pv1 = Array.from({ length: 46 }, (_, at) => ({ 0: 'PV1', 1: '1', 2: 'I', 19: number, ...fields }[at] ?? ''));
  return v2({ type: `ADT^${event}`, control: `${number}-${event}-${hour}`, at: `20260301${hour}0000+0800`, segments: [pid({ number: 'P1' }), pv1.join('|')] });
}

const BED = '内科^201^1^PUBIN';
const ADMITTED: Told = { event: 'A01', hour: '08', fields: { 3: BED, 14: '1^门诊', 15: 'B6', 44: '20260301080000+0800' } };
const DISCHARGED: Told = { event: 'A03', hour: '10', fields: { 3: BED, 36: '01^回家', 37: '家', 45: '20260301100000+0800' } };
const CHANGED: Told = { event: 'A08', hour: '11', fields: { 3: BED, 10: '心内科' } };
const TAKEN_BACK: Told = { event: 'A13', hour: '12' };

describe.each(STORES)('a stay on $name', ({ uri }) => {
  let server: IntakeServer;
  beforeAll(async () => { server = await startIntakeServer({ uri }); });
  afterAll(() => server.stop());
  let stays = 0;

  async function stateAfter(told: readonly Told[]): Promise<Parsed> {
    const number = `V${stays++}`;
    for (const one of told) expect((await server.push('hospital-b', tell(number, one), HL7)).text).toContain('MSA|AA');
    const [found] = (await server.stored('Encounter')).filter((one) => JSON.stringify(one['identifier']).includes(`"${number}"`));
    return { ...found, id: '', identifier: [] };
  }

  async function inAnyOrder(told: readonly Told[]): Promise<Parsed> {
    const inOrder = await stateAfter(told);
    for (const order of permutationsOf(told)) expect(JSON.stringify(await stateAfter([...order, ...order])), order.map(({ event }) => event).join(' ')).toBe(JSON.stringify(inOrder));
    return inOrder;
  }

  it('says how it ended, and how it began', async () => {
    expect(await inAnyOrder([ADMITTED, DISCHARGED])).toMatchObject({
      status: 'finished', hospitalization: { admitSource: { coding: [{ display: '门诊' }] }, destination: { display: '家' }, dischargeDisposition: { coding: [{ display: '回家' }] } },
    });
  });

  it('of which the discharge is taken back does not say how it ended, and keeps what else was told', async () => {
    const stay = await inAnyOrder([ADMITTED, DISCHARGED, TAKEN_BACK]);
    expect(stay).toMatchObject({ status: 'in-progress', hospitalization: { admitSource: { coding: [{ display: '门诊' }] }, specialArrangement: [{ coding: [{ code: 'B6' }] }] } });
    expect(Object.keys(stay.hospitalization)).toEqual(['admitSource', 'specialArrangement']);
  });

  it('that is over has nobody in its bed, though a later message names the bed', async () => {
    expect(await inAnyOrder([ADMITTED, DISCHARGED, CHANGED])).toMatchObject({ status: 'finished', serviceType: { coding: [{ code: '心内科' }] }, location: [{ status: 'completed' }] });
    expect(await inAnyOrder([ADMITTED, { event: 'A11', hour: '10', fields: { 3: BED } }, CHANGED])).toMatchObject({ status: 'cancelled', location: [{ status: 'planned' }] });
  });

  it('keeps what was written since in another way', async () => {
    const told = [ADMITTED, DISCHARGED, CHANGED];
    await stateAfter(told);
    const number = `V${stays - 1}`;
    const stay = async (): Promise<Parsed> => (await server.stored('Encounter')).find((one) => JSON.stringify(one['identifier']).includes(`"${number}"`));
    const { id: _id, meta: _meta, location: [{ location }], ...written } = await stay();
    expect((await server.push('hospital-b', { ...written, location: [{ location, status: 'reserved' }] })).status).toBe(200);
    await server.push('hospital-b', tell(number, { event: 'A08', hour: '12' }), HL7);
    expect(await stay()).toMatchObject({ status: 'finished', location: [{ status: 'reserved' }] });
  });

  it('that goes on after all has the patient in the bed that was named last', async () => {
    expect(await inAnyOrder([ADMITTED, DISCHARGED, CHANGED, TAKEN_BACK])).toMatchObject({ status: 'in-progress', location: [{ status: 'active' }] });
  });
});
