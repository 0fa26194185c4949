import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { registry } from '../../../src/district/registry/registry.ts';
import { createRandom } from '../../../src/district/random.ts';
import { featuresOf, learnModel, loadMatchModel, parseMatchModel } from '../../../src/identity/matching/index.ts';
import type { ModelData } from '../../../src/identity/matching/model.ts';

const file = path.join(import.meta.dirname, '../../../profiles/identity/model.json');
const shipped = JSON.parse(readFileSync(file, 'utf8')) as ModelData;

describe('the model', () => {
  it('that is shipped can be read', async () => expect((await loadMatchModel(file)).thresholds).toEqual(shipped.thresholds));

  it.each<[string, unknown, string]>([
    ['no object', 5, 'at the top'],
    ['without thresholds', { ...shipped, thresholds: undefined }, 'at thresholds'],
    ['with thresholds in the wrong order', { ...shipped, thresholds: { certain: 1, probable: 5, possible: 0 } }, 'certain must be above probable'],
    ['with a share above 1', { ...shipped, fields: { ...shipped.fields, sex: { ...shipped.fields.sex, same: { person: 1.5, stranger: 0.5, household: 0.5 } } } }, 'at fields.sex.same.person'],
    ['without a level', { ...shipped, fields: { ...shipped.fields, sex: { same: shipped.fields.sex.same } } }, 'at fields.sex'],
    ['with a level that is none', { ...shipped, fields: { ...shipped.fields, sex: { ...shipped.fields.sex, nearly: shipped.fields.sex.same } } }, 'at fields.sex'],
    ['in which agreement speaks against one person', { ...shipped, fields: { ...shipped.fields, phone: { ...shipped.fields.phone, same: { person: 0.1, stranger: 0.2, household: 0.05 } } } }, 'at fields.phone.same'],
    ['with an element too many', { ...shipped, extra: 1 }, 'extra'],
  ])('%s is refused, and the element is named', (_, json, message) => expect(() => parseMatchModel(json)).toThrow(message));

  it('that cannot be read is named', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'bund-model-'));
    try {
      await expect(loadMatchModel(path.join(folder, 'model.json'))).rejects.toThrow('profiles/identity/model.json cannot be read');
      writeFileSync(path.join(folder, 'model.json'), '{');
      await expect(loadMatchModel(path.join(folder, 'model.json'))).rejects.toThrow('profiles/identity/model.json is not JSON');
      writeFileSync(path.join(folder, 'model.json'), '{}');
      await expect(loadMatchModel(path.join(folder, 'model.json'))).rejects.toThrow('profiles/identity/model.json: The match model, at about');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('is learned from records alone, and again the same', () => {
    const records = [...registry({ people: 3000, seed: 'learning' })].map(({ patient }) => featuresOf(patient));
    const learn = (): ModelData => {
      const random = createRandom('learning', 'strangers');
      return learnModel(records, { people: 1_000_000, chance: () => random.next(), strangers: 30_000 });
    };
    const model = learn();
    expect(learn()).toEqual(model);
    expect(() => parseMatchModel(model)).not.toThrow();
    const { birthDate, sex, phone } = model.fields;
    // As it was generated: nine birth dates in ten are told without error, one of them in so many days is a stranger's.
    expect(birthDate.exact.person).toBeGreaterThan(0.93);
    expect(birthDate.exact.stranger).toBeLessThan(0.0005);
    expect(sex.same.stranger).toBeGreaterThan(0.45);
    expect(sex.same.stranger).toBeLessThan(0.55);
    expect(phone.same.person).toBeGreaterThan(2 * phone.same.household);
    expect(model.frequencies.surnames['王']).toBeGreaterThan(0.05);
    expect(model.name.levels['family-only'].household).toBeGreaterThan(20 * model.name.levels['family-only'].person);
  });
});
