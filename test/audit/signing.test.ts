import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unreadHeadFile } from '../../src/audit/head-file.ts';
import { parseHeads, type SignedHeads } from '../../src/audit/heads.ts';
import { headLines, headsFile, recordTrace, startSigning, verifyAudit } from '../../src/audit/index.ts';
import { signGrown } from '../../src/audit/signing.ts';
import { readConfig } from '../../src/config.ts';
import { openServices } from '../../src/open-services.ts';
import type { Services } from '../../src/services.ts';
import { callerAs } from '../access/callers.ts';

let folder: string;
let services: Services;
const open = (writer: string) => openServices(readConfig({ BUND_STORE: `sqlite:${path.join(folder, 'bund.db')}`, BUND_LOG: 'silent', BUND_AUDIT_SIGN_MS: '86400000' }), writer);
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'bund-signing-'));
  services = await open('gateway-1');
});
afterEach(async () => {
  await services.store.close();
  await rm(folder, { recursive: true, force: true });
});

const traceOnce = (by: Services) => recordTrace(by, callerAs('system'), { action: 'read', interaction: 'read', outcome: 'success' });
const linesNow = async (): Promise<readonly SignedHeads[]> => (await Array.fromAsync(headLines(headsFile(folder)))).map((line) => parseHeads(line)!);

describe('signing', () => {
  it('leaves a first line when it starts and the last heads when it stops', async () => {
    const signing = startSigning(services);
    await expect.poll(linesNow).toHaveLength(1);
    await traceOnce(services);
    await signing.stop();
    const [head] = await services.store.chains();
    expect((await linesNow()).map(({ heads }) => heads)).toEqual([[], [head]]);
  });

  it('writes nothing when no chain has grown', async () => {
    await traceOnce(services);
    const once = await signGrown(services, unreadHeadFile(headsFile(folder)));
    const before = await readFile(headsFile(folder), 'utf8');
    await signGrown(services, once);
    await signGrown(services, unreadHeadFile(headsFile(folder)));
    expect(await readFile(headsFile(folder), 'utf8')).toBe(before);
  });

  it('signs the chains of all gateways, whichever comes first, and the proof accepts what several wrote at once', async () => {
    const other = await open('gateway-2');
    const unread = unreadHeadFile(headsFile(folder));
    for (let round = 0; round < 5; round++) {
      await Promise.all([traceOnce(services), traceOnce(other), signGrown(services, unread), signGrown(other, unread), signGrown(services, unread)]);
    }
    await signGrown(other, unread);
    const report = await verifyAudit({ store: other.store, lines: headLines(headsFile(folder)), publicKey: services.keys.audit.publicKey });
    expect(report).toMatchObject({ intact: true, unsigned: 0 });
    expect(report.chains.map(({ state }) => [state.writer, state.seq]).sort()).toEqual([['gateway-1', 5], ['gateway-2', 5]]);
    await other.store.close();
  });

  it('goes on after a round that failed', async () => {
    let rounds = 0;
    const chains = () => (rounds++ === 0 ? Promise.reject(new Error('store gone')) : services.store.chains());
    const flaky: Services = { ...services, store: Object.assign(Object.create(services.store) as Services['store'], { chains }) };
    await traceOnce(services);
    const signing = startSigning(flaky);
    await signing.stop();
    expect(rounds).toBe(2);
    expect((await linesNow()).flatMap(({ heads }) => heads.map(({ seq }) => seq))).toEqual([1]);
  });
});
