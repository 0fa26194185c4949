import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Services } from '../../src/services.ts';
import { PROFILES_DIR } from '../../src/open-services.ts';
import { liveCodes } from '../../src/terminology/live-codes.ts';
import type { CodeFiles } from '../../src/terminology/load-code-tables.ts';
import { loadCodeFiles } from '../../src/terminology/load-code-tables.ts';
import { noticeFiles } from '../../src/terminology/notice-files.ts';
import { runRemapJobs } from '../../src/terminology/run-remap-jobs.ts';
import type { LocalCode } from '../../src/terminology/tables.ts';
import { labBundle } from '../intake/samples.ts';
import type { Workbench } from './workbench-server.ts';
import { startWorkbench } from './workbench-server.ts';

let bench: Workbench;
let files: CodeFiles;
beforeAll(async () => {
  bench = await startWorkbench();
  files = await loadCodeFiles(path.join(PROFILES_DIR, 'codes'));
});
afterAll(() => bench.stop());

/** The gateway as it would be after a restart with other files. */
function restarted(changed: CodeFiles): Services {
  const codes = liveCodes(changed);
  return { ...bench.services, codes: codes.tables, liveCodes: codes };
}

function withCodes(change: (codes: readonly LocalCode[]) => readonly LocalCode[], units: Record<string, string> = {}): CodeFiles {
  const table = files.sources.get('hospital-a')!;
  return { ...files, sources: new Map([...files.sources, ['hospital-a', { ...table, codes: change(table.codes), units: { ...table.units, ...units } }]]) };
}

async function workOff(services: Services): Promise<void> {
  while (await runRemapJobs(services, { worker: 'test', graceMs: 0, restartMs: 0 }) > 0);
}

const jobs = async (): Promise<{ kind: string; local: string; changed: number }[]> => (await bench.as('mei', 'GET', '/terminology/jobs')).body.jobs;
const stored = async (text: string): Promise<string> => JSON.stringify((await bench.stored('Observation')).find((one) => JSON.stringify(one).includes(text)));

describe('files of codes that were changed while no gateway ran', () => {
  it('are nothing new to an empty exchange', async () => {
    await noticeFiles(bench.services);
    await noticeFiles(bench.services);
    expect(await jobs()).toEqual([]);
  });

  it('map the results of the changed rows anew, and no others', async () => {
    await bench.push('hospital-a', labBundle('hospital-a', { number: 'f-1' }, [{ number: 'f-1-1', code: 'FILE-1' }, { number: 'f-1-2', code: 'GLU' }, { number: 'f-1-3', code: 'FILE-2', unit: 'spoons' }]));
    const changed = restarted(withCodes((codes) => [...codes, { local: 'FILE-1', display: '', item: 'GLU', loinc: '14749-6', equivalence: 'equal' }], { spoons: 'mmol/L' }));
    await noticeFiles(changed);
    await workOff(changed);
    expect((await jobs()).map(({ kind, local, changed: count }) => [kind, local, count]).sort()).toEqual([['code', 'FILE-1', 1], ['unit', 'spoons', 1]]);
    expect(await stored('FILE-1')).toContain('14749-6');
    expect(await stored('FILE-2')).not.toContain('unmapped-unit');
  });

  it('are noticed by one of several gateways that start together', async () => {
    const changed = restarted(withCodes((codes) => codes.filter(({ local }) => local !== 'GLU')));
    await Promise.all([noticeFiles(changed), noticeFiles(changed), noticeFiles(changed)]);
    expect((await jobs()).filter(({ local }) => local === 'GLU')).toHaveLength(1);
    await workOff(changed);
    expect(await stored('f-1-2')).toContain('unmapped-code');
  });

  it('are walked through as a whole where much has changed', async () => {
    const changed = restarted(withCodes((codes) => codes.map((code) => ({ ...code, equivalence: code.equivalence === 'equivalent' ? 'equal' : code.equivalence }))));
    await noticeFiles(changed);
    expect((await jobs())[0]).toMatchObject({ kind: 'source', local: '' });
    await workOff(changed);
    expect(await stored('f-1-2')).toContain('14749-6');
  });
});
