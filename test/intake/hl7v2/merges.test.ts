import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STORES } from '../../http/server.ts';
import type { Parsed } from '../../http/server.ts';
import type { IntakeServer } from '../intake-server.ts';
import { startIntakeServer } from '../intake-server.ts';
import { permutationsOf } from './permutations.ts';
import { pid, v2 } from './samples.ts';

const HL7 = { 'Content-Type': 'application/hl7-v2' };

/** What was sent at an hour of the records of one round. */
type Told = (round: string) => string;
const message = (type: string, hour: string, segments: (number: (of: string) => string) => readonly string[]): Told => (round) =>
  v2({ type, control: `${round}-${type}-${hour}`, at: `20260301${hour}0000+0800`, segments: segments((of) => `${round}-${of}`) });
const known = (of: string, hour: string): Told => message('ADT^A04', hour, (number) => [pid({ number: number(of), name: `${number(of)}^王` }), `PV1|1|O|||||||||||||||||${number(of)}`]);
const merged = (goes: string, stays: string, hour: string): Told => message('ADT^A40', hour, (number) => [pid({ number: number(stays), name: `${number(stays)}^王` }), `MRG|${number(goes)}^^^PUBIN^MR`]);
const undone = (one: string, other: string, hour: string): Told => message('ADT^A37', hour, (number) => [one, other].map((of) => pid({ number: number(of), name: `${number(of)}^王` })));

describe.each(STORES)('merges of patients on $name', ({ uri }) => {
  let server: IntakeServer;
  beforeAll(async () => { server = await startIntakeServer({ uri }); });
  afterAll(() => server.stop());
  let rounds = 0;

  /** By record: whether it is in use, what it is to others, and which records are of the same person. */
  async function stateAfter(told: readonly Told[]): Promise<Record<string, object>> {
    const round = `M${rounds++}`;
    for (const one of told) expect((await server.push('hospital-b', one(round), HL7)).text).toContain('MSA|AA');
    const patients = (await server.stored('Patient')).filter((one) => JSON.stringify(one['identifier']).includes(`"${round}-`));
    const nameOf = new Map(patients.map((one: Parsed) => [`Patient/${one.id}`, String(one.identifier.map(({ value }: Parsed) => value)[0]).slice(round.length + 1)]));
    const persons = (await server.stored('Person')).filter((one) => one['active'] === true).map((one: Parsed) => one.link.map(({ target }: Parsed) => target.reference));
    return Object.fromEntries(patients.map((one: Parsed) => [nameOf.get(`Patient/${one.id}`)!, {
      active: one.active, links: (one.link ?? []).map(({ type, other }: Parsed) => `${type} ${nameOf.get(other.reference)}`).sort(),
      person: persons.find((links) => links.includes(`Patient/${one.id}`))?.map((reference: string) => nameOf.get(reference)).sort().join(),
    }]).sort());
  }

  async function inAnyOrder(told: readonly Told[]): Promise<object> {
    const inOrder = await stateAfter(told);
    for (const order of permutationsOf(told)) expect(await stateAfter([...order, ...order]), order.map((one) => told.indexOf(one)).join(' ')).toEqual(inOrder);
    return inOrder;
  }

  it('the other way round, later, leave in use what went first', async () => {
    expect(await inAnyOrder([merged('1', '2', '08'), merged('2', '1', '09')])).toEqual({ 1: { active: true, links: ['replaces 2'], person: '1,2' }, 2: { active: false, links: ['replaced-by 1'], person: '1,2' } });
  });

  it('the other way round can be undone', async () => {
    expect(await inAnyOrder([merged('1', '2', '08'), merged('2', '1', '09'), undone('1', '2', '10')])).toEqual({ 1: { active: true, links: [], person: '1' }, 2: { active: true, links: [], person: '2' } });
  });

  it('that are undone can be made again', async () => {
    expect(await inAnyOrder([known('1', '07'), merged('1', '2', '08'), undone('1', '2', '09'), merged('2', '1', '10')])).toEqual({ 1: { active: true, links: ['replaces 2'], person: '1,2' }, 2: { active: false, links: ['replaced-by 1'], person: '1,2' } });
  });

  it('into a record that another one replaced do not bring it back', async () => {
    expect(await inAnyOrder([merged('1', '2', '08'), merged('3', '1', '09')])).toEqual({
      1: { active: false, links: ['replaced-by 2', 'replaces 3'], person: '1,2,3' }, 2: { active: true, links: ['replaces 1'], person: '1,2,3' }, 3: { active: false, links: ['replaced-by 1'], person: '1,2,3' },
    });
  });
});
