import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CodeTableError, loadCodeTables } from '../../src/terminology/load-code-tables.ts';

const GLU = { item: 'GLU', zh: '葡萄糖', en: 'Glucose', group: 'g', loinc: '14749-6', unit: 'mmol/L', twins: [{ loinc: '2345-7', unit: 'mg/dL', factor: 0.05551 }] };
const ROW = { local: '1', display: 'glucose', item: 'GLU', loinc: '14749-6', equivalence: 'equivalent' };
const SOURCE = { system: 'https://bund.example/sources/x/codes', codes: [ROW], units: { 'mg%': 'mg/dL' } };

let dir = '';
beforeEach(async () => { dir = await mkdtemp(path.join(tmpdir(), 'bund-codes-')); });
afterEach(() => rm(dir, { recursive: true, force: true }));

async function load(catalogue: unknown, source: unknown): Promise<Awaited<ReturnType<typeof loadCodeTables>>> {
  await writeFile(path.join(dir, 'catalogue.json'), JSON.stringify(catalogue));
  await writeFile(path.join(dir, 'x.json'), typeof source === 'string' ? source : JSON.stringify(source));
  return loadCodeTables(dir);
}

describe('the code tables', () => {
  it('are read and indexed by source, local code and unit', async () => {
    const tables = await load([GLU], SOURCE);
    expect(tables.sources.get('x')?.codes.get('1')?.[0]?.item?.item).toBe('GLU');
    expect(tables.sources.get('x')?.units.get('mg%')?.ucum).toBe('mg/dL');
  });

  it.each([
    ['a local code twice', [GLU], { ...SOURCE, codes: [ROW, ROW] }, 'x.json maps local code 1 twice'],
    ['an item that the catalogue lacks', [GLU], { ...SOURCE, codes: [{ ...ROW, item: 'NO' }] }, 'maps local code 1 to NO, which the catalogue does not list'],
    ['a LOINC that the item lacks', [GLU], { ...SOURCE, codes: [{ ...ROW, loinc: '1-8' }] }, 'to LOINC 1-8, which item GLU does not list'],
    ['a unit that is no UCUM', [GLU], { ...SOURCE, units: { x: 'IU/L' } }, 'maps unit x to IU/L, which is no UCUM code'],
    ['an item twice', [GLU, GLU], SOURCE, 'lists item GLU twice'],
    ['a unit of the catalogue that is no UCUM', [{ ...GLU, unit: 'mmol/litre' }], SOURCE, 'unit mmol/litre of item GLU is no UCUM code'],
    ['a member that is no member', [{ ...GLU, lonic: 'x' }], SOURCE, 'catalogue.json at 0: '],
    ['an unknown equivalence', [GLU], { ...SOURCE, codes: [{ ...ROW, equivalence: 'same' }] }, 'x.json at codes.0.equivalence: '],
    ['text that is no JSON', [GLU], '{', 'x.json is not JSON'],
  ])('are refused at start with %s', async (_what, catalogue, source, message) => {
    const error = await load(catalogue, source).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CodeTableError);
    expect((error as Error).message).toContain(message);
  });
});
