import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { tableLines } from '../../../src/district/table-delivery.ts';
import { DISTRICT_END } from '../../../src/district/residents.ts';
import { startDeliveries } from '../../../src/intake/index.ts';
import type { IntakeServer } from '../intake-server.ts';
import { startIntakeServer } from '../intake-server.ts';

let server: IntakeServer;
let folder: string;
beforeAll(async () => {
  server = await startIntakeServer();
  folder = await mkdtemp(path.join(tmpdir(), 'bund-deliveries-'));
  await mkdir(path.join(folder, 'community-e', 'in'), { recursive: true });
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

const inFolder = (name: string): Promise<string[]> => readdir(path.join(folder, 'community-e', name)).catch(() => []);

describe('A folder that is watched', () => {
  it('has its tables taken in and put away, the refused ones with their reason beside them', async () => {
    const table = [...tableLines(server.services, { residents: 30, seed: 'folder', until: DISTRICT_END }, 'community-e')].join('');
    await writeFile(path.join(folder, 'community-e', 'in', '1-results.csv'), table);
    await writeFile(path.join(folder, 'community-e', 'in', '2-other.csv'), 'a,b\n1,2\n');
    const deliveries = startDeliveries(server.services, folder, { pollMs: 20, stableMs: 40 });
    await vi.waitFor(async () => {
      expect(await inFolder('done')).toEqual(['1-results.csv']);
      expect(await inFolder('refused')).toEqual(['2-other.csv', '2-other.csv.issues.json']);
    }, 10_000);
    await deliveries.stop();
    expect(await server.stored('Observation')).toHaveLength(table.trim().split('\n').length - 1);
    expect(JSON.parse(await readFile(path.join(folder, 'community-e', 'refused', '2-other.csv.issues.json'), 'utf8')).issues[0].diagnostics).toContain('mapping');
  });
});
