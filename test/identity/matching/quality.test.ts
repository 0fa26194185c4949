import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { linkRegistry } from '../../../bench/matching/link-registry.ts';
import { loadMatchModel } from '../../../src/identity/matching/index.ts';

const model = await loadMatchModel(path.join(import.meta.dirname, '../../../profiles/identity/model.json'));

describe('the quality of matching', () => {
  it('is kept on a generated registry of 3,000 people', () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'bund-matching-'));
    try {
      const { clusters, certain, certainAndProbable, blocking } = linkRegistry({ people: 3000, seed: 'gate', model, folder });
      expect(certain.precision).toBeGreaterThanOrEqual(0.999);
      expect(clusters.precision).toBeGreaterThanOrEqual(0.999);
      expect(clusters.recall).toBeGreaterThanOrEqual(0.95);
      expect(certainAndProbable.recall).toBeGreaterThanOrEqual(0.97);
      expect(blocking.recall).toBeGreaterThanOrEqual(0.99);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 30_000);
});
