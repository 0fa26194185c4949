import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { readConfig } from '../../../src/config.ts';
import { presentDecisions } from '../../../src/recognition/decisions/index.ts';
import { readDecision } from '../../../src/recognition/decisions/read-decision.ts';
import { serve } from '../../../src/serve.ts';
import { caller, presentation } from './decision-server.ts';

it('a gateway that starts again goes on where another stopped, and re-opens what changed in between', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'bund-restart-'));
  const config = readConfig({ BUND_STORE: `sqlite:${path.join(folder, 'bund.db')}`, BUND_DATA: folder, BUND_PORT: '0', BUND_LOG: 'silent' });
  const put = (id: string, value: number) => ({ kind: 'put' as const, resource: { resourceType: 'Observation', id, status: 'final', code: { text: 'GLU' }, subject: { reference: 'Patient/p1' }, valueQuantity: { value } } });
  const first = await serve(config, 'one');
  await first.services.store.commit([put('o1', 5.6)]);
  const [shown] = await presentDecisions(first.services, caller(), [presentation({ resident: 1, patient: 'p1', priorPatient: 'p1', order: 's1', result: 'o1' })], { action: 'operation', interaction: 'recognition-ask', outcome: 'success' });
  expect(shown?.state).toBe('presented');
  await pause(3_500);
  await first.services.store.commit([put('o1', 9.9)]);
  await first.stop();
  const second = await serve(config, 'two');
  try {
    const stateOf = async (): Promise<string | undefined> => {
      const stored = await second.services.store.read({ type: 'DetectedIssue', id: shown?.id ?? '' });
      return stored === undefined ? undefined : readDecision(stored)?.state;
    };
    for (let waited = 0; waited < 40 && await stateOf() !== 'reopened'; waited++) await pause(250);
    expect(await stateOf()).toBe('reopened');
    expect((await second.services.store.read({ type: 'Measure', id: 'recognition-rate' }))?.version).toBe(1);
  } finally {
    await second.stop();
    await rm(folder, { recursive: true, force: true });
  }
}, 30_000);
