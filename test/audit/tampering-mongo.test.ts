import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import mongoose from 'mongoose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { unreadHeadFile } from '../../src/audit/head-file.ts';
import { headLines, headsFile, recordTrace, verifyAudit } from '../../src/audit/index.ts';
import { signGrown } from '../../src/audit/signing.ts';
import { readConfig } from '../../src/config.ts';
import { openServices } from '../../src/open-services.ts';
import type { Services } from '../../src/services.ts';
import { callerAs } from '../access/callers.ts';
import { databaseUri, mongoServer } from '../mongo-server.ts';

vi.setConfig({ testTimeout: 60_000 });

const server = await mongoServer();

describe.skipIf(server.uri === undefined)('the proof on MongoDB', () => {
  const uri = databaseUri(server.uri ?? 'mongodb://127.0.0.1', `bund-audit-${randomUUID()}`);
  let folder: string;
  let services: Services;
  let intruder: mongoose.Connection;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'bund-audit-'));
    services = await openServices(readConfig({ BUND_STORE: uri, BUND_DATA: folder, BUND_LOG: 'silent' }), 'gateway-1');
    for (const id of ['o1', 'o2', 'o3']) await recordTrace(services, callerAs('system'), { action: 'read', interaction: 'read', outcome: 'success', resources: [`Observation/${id}`] });
    await signGrown(services, unreadHeadFile(headsFile(folder)));
    intruder = await mongoose.createConnection(uri).asPromise();
  });
  afterAll(async () => {
    await intruder.dropDatabase();
    await intruder.close();
    await services.store.close();
    await rm(folder, { recursive: true, force: true });
    if (server.uri !== undefined) await server.stop();
  });

  const prove = () => verifyAudit({ store: services.store, lines: headLines(headsFile(folder)), publicKey: services.keys.audit.publicKey });

  it('passes as it was written, and names an event that was changed', async () => {
    expect(await prove()).toMatchObject({ intact: true, unsigned: 0, chains: [{ state: { writer: 'gateway-1', seq: 3 } }] });
    const [, second] = await services.store.chain({ writer: 'gateway-1', fromSeq: 1, limit: 2 });
    const events = intruder.collection('resources');
    const changed = await events.updateOne({ body: second!.body }, { $set: { body: second!.body.replace('Observation/o2', 'Observation/o9') } });
    expect(changed.modifiedCount).toBe(1);
    expect((await prove()).chains[0]?.fault).toMatchObject({ seq: 2, id: (JSON.parse(second!.body) as { id: string }).id, what: expect.stringMatching(/was changed/) });
    await events.updateOne({ 'trace.seq': 2 }, { $set: { body: second!.body } });
    expect((await prove()).intact).toBe(true);
  });

  it('names an event that was removed', async () => {
    await intruder.collection('resources').deleteOne({ 'trace.seq': 3 });
    expect((await prove()).chains[0]?.fault).toMatchObject({ seq: 3, what: expect.stringMatching(/the chain is cut off after event 2: signature line 1/) });
  });
});
