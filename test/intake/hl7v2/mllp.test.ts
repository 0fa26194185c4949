import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/config.ts';
import type { Gateway } from '../../../src/serve.ts';
import { serve } from '../../../src/serve.ts';
import type { Parsed } from '../../http/server.ts';
import { rawPeer } from './peer.ts';
import { order, pid, v2 } from './samples.ts';

let folder: string;
let gateway: Gateway;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'bund-mllp-'));
  gateway = await serve(readConfig({ BUND_STORE: `sqlite:${path.join(folder, 'bund.db')}`, BUND_PORT: '0', BUND_MLLP_PORT: '0', BUND_LOG: 'silent', BUND_LIMIT_MLLP_BYTES: '12000000' }), 'test-mllp');
});
afterAll(async () => {
  await gateway.stop();
  await rm(folder, { recursive: true });
});

async function stored(type: string): Promise<Parsed[]> {
  return (await gateway.services.store.search({ type, where: [], sort: [], limit: 200 })).items.map((item) => JSON.parse(item.body));
}

const at = '20260301090000+0800';
const result = (control: string, number: string, more: Partial<Parameters<typeof v2>[0]> = {}): string =>
  v2({ type: 'ORU^R01', control, at, segments: [pid({ number }), ...order(`O-${control}`, at, [{}])], ...more });

describe('A laboratory that sends over MLLP', () => {
  it('is told AA once its results are stored, mapped and found', async () => {
    const peer = await rawPeer(gateway.mllpPort);
    const answer = await peer.send(result('a1', 'M1'));
    expect(answer).toContain('MSA|AA|a1');
    const observation = (await stored('Observation')).find((one) => JSON.stringify(one).includes('O-a1'));
    expect(JSON.stringify(observation.code)).toContain('GLU');
    expect(observation.valueQuantity).toMatchObject({ value: 98, unit: 'mg/dL' });
    peer.close();
  });

  it('gets the first acknowledgement again for the same message, and nothing is doubled', async () => {
    const peer = await rawPeer(gateway.mllpPort);
    await peer.send(result('a2', 'M2'));
    const before = (await stored('Observation')).length;
    expect(await peer.send(result('a2', 'M2'))).toContain('MSA|AA|a2');
    expect(await stored('Observation')).toHaveLength(before);
    peer.close();
  });

  it('is answered a batch for a batch, message by message, and refused one whose count is wrong before any of it is stored', async () => {
    const peer = await rawPeer(gateway.mllpPort);
    const batch = (...messages: string[]): string => `FHS|^~\\&\rBHS|^~\\&\r${messages.join('')}BTS|2\rFTS|1\r`;
    const bad = result('w2', 'MB2').replace('19600101', '19600231');
    const answer = await peer.send(batch(result('w1', 'MB1'), bad));
    expect(answer).toMatch(/^BHS\|\^~\\&\rMSH[^]*MSA\|AA\|w1\rMSH[^]*MSA\|AE\|w2\rERR[^]*\rBTS\|2\r$/);
    const cut = await peer.send(batch(result('w3', 'MB3')));
    expect(cut).toMatch(/MSA\|AR\|[^]*BTS-1 does not agree/);
    const numbers = JSON.stringify(await stored('Patient'));
    expect(['MB1', 'MB2', 'MB3'].filter((number) => numbers.includes(`"${number}"`))).toEqual(['MB1']);
    peer.close();
  });

  it.each([
    ['no time at all', (segments: string) => segments.replaceAll(at, ''), ['OBR^1^7']],
    ['no real time of the order', (segments: string) => segments.replaceAll(at, '').replace(/(OBR\|.*?99PANEL\|\|\|)/, '$120260231'), ['OBR^1^7']],
    ['no real status', (segments: string) => segments.replaceAll('||F||', '||Q||'), ['OBX^1^11', 'OBX^2^11']],
  ])('is told once of %s, at the field, however many results want it', async (what, change, places) => {
    const peer = await rawPeer(gateway.mllpPort);
    const answer = await peer.send(v2({ type: 'ORU^R01', control: `once-${what.length}`, at, segments: [pid({ number: 'M4' }), ...change(order('O-once', at, [{}, { code: '30602' }]).join('\r')).split('\r')] }));
    expect(answer.match(/(?<=ERR\|\|)[^|]+/g)).toEqual(places);
    peer.close();
  });

  it('is told AE with segment, field and cause for what is wrong, all at once, and nothing of it is stored', async () => {
    const peer = await rawPeer(gateway.mllpPort);
    const answer = await peer.send(v2({ type: 'ORU^R01', control: 'a3', at, segments: [pid({ number: 'M3' }).replace('19600101', '19600231'), ...order('O-a3', at, [{}]), `OBX|2|NM|||5|mmol/L||||||F|||${at}`] }));
    expect(answer).toContain('MSA|AE|a3');
    expect(answer).toMatch(/ERR\|\|PID\^1\^7/);
    expect(answer).toMatch(/ERR\|\|OBX\^2\^3/);
    expect(JSON.stringify(await stored('Observation'))).not.toContain('O-a3');
    const letter = (await stored('SourceMessage')).find((message) => message.messageId.endsWith('|a3'));
    expect(letter).toMatchObject({ status: 'refused', format: 'hl7v2' });
    peer.close();
  });

  it('is told AR when it is not described, or not HL7', async () => {
    const peer = await rawPeer(gateway.mllpPort);
    expect(await peer.send(result('a4', 'M4', { sender: 'XIS|ELSEWHERE' }))).toMatch(/MSA\|AR\|a4[\s\S]*MSH-3/);
    expect(await peer.send('{"resourceType":"Bundle"}')).toMatch(/MSA\|AR\|/);
    expect(await peer.send(result('a5', 'M5', { type: 'ZZZ^Z01' }))).toMatch(/MSA\|AR\|a5/);
    expect(await peer.send(result('a6', 'M6', { charset: 'KLINGON' }))).toMatch(/MSA\|AR\|a6[\s\S]*MSH-18/);
    peer.close();
  });

  it('is answered in the mode that it asks for', async () => {
    const peer = await rawPeer(gateway.mllpPort);
    expect(await peer.send(result('a7', 'M7', { wants: 'AL|NE' }))).toContain('MSA|CA|a7');
    peer.write(result('a8', 'M8', { wants: 'NE|NE' }));
    expect(await peer.send(result('a9', 'M9', { wants: 'NE|AL' }))).toContain('MSA|AA|a9');
    expect(JSON.stringify(await stored('Observation'))).toContain('O-a8');
    peer.close();
  });

  it('keeps its order on one connection, and keeps its connection after a message over the limit', async () => {
    const peer = await rawPeer(gateway.mllpPort);
    const controls = Array.from({ length: 20 }, (_, n) => `b${n}`);
    for (const control of controls) peer.write(result(control, 'M10'));
    const answers = await Promise.all(controls.map(() => peer.next()));
    expect(answers.map((answer) => /MSA\|AA\|(\w+)/.exec(answer)?.[1])).toEqual(controls);
    expect(await peer.send(result('c1', 'M11', { segments: [pid({ number: 'M11' }), `NTE|1||${'x'.repeat(13_000_000)}`] }))).toMatch(/MSA\|AR\|c1/);
    expect(await peer.send(result('c2', 'M11'))).toContain('MSA|AA|c2');
    peer.close();
  });

  it('may send ten megabytes in one field', async () => {
    const peer = await rawPeer(gateway.mllpPort);
    const large = v2({ type: 'ORU^R01', control: 'd1', at, segments: [pid({ number: 'M12' }), ...order('O-d1', at, [{ kind: 'TX', value: '长'.repeat(3_300_000), unit: '' }])] });
    const answer = await peer.send(large);
    // R4 allows a string of one mebibyte; what is larger is refused by name, never cut.
    expect(answer).toMatch(/MSA\|AE\|d1[\s\S]*OBX\^1\^5/);
    peer.close();
  });
});
