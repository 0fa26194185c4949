import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/config.ts';
import { loadMatchModel } from '../../src/identity/index.ts';
import { loadSources } from '../../src/intake/index.ts';
import { PROFILES_DIR } from '../../src/open-services.ts';
import { loadIndicators } from '../../src/recognition/figures/measures.ts';
import { loadCodeFiles } from '../../src/terminology/index.ts';

// What is wrong with a file of profiles/ is told at start as a fault of the configuration, in one line and without a stack.
describe('a file of profiles/ that cannot be used', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'bund-profiles-'));
    await cp(PROFILES_DIR, dir, { recursive: true });
  });
  afterEach(() => rm(dir, { recursive: true }));

  it.each([
    ['a source', 'sources/x.json', () => loadSources(path.join(dir, 'sources'))],
    ['the columns of a table', 'tables/x.json', () => loadSources(path.join(dir, 'sources'))],
    ['a code table', 'codes/x.json', () => loadCodeFiles(path.join(dir, 'codes'))],
    ['the weights of identity', 'identity/model.json', () => loadMatchModel(path.join(dir, 'identity', 'model.json'))],
    ['an indicator', 'indicators/x.json', () => loadIndicators(path.join(dir, 'indicators'))],
  ])('%s is named as a fault of the configuration', async (_, file, load) => {
    await writeFile(path.join(dir, file), '{ "id": ');
    const fault: unknown = await load().then(() => undefined, (error: unknown) => error);
    expect(fault).toBeInstanceOf(ConfigError);
    expect(String(fault)).toContain(`profiles/${file} is not JSON`);
  });
});
