import { describe, expect, it } from 'vitest';
import { load, loadChanged, tablesOf } from '../profiles.ts';
import type { Parsed } from '../../http/server.ts';

const tables = tablesOf(await load());
const DAY = '2026-03-01';
const LOINC = 'http://loinc.org';
const panels = (source: string) => `https://bund.example/sources/${source}/panels`;
const windows = (...items: string[]) => items.map((item) => tables.rowFor(item, DAY)?.window.days);

describe('the catalogue of the district', () => {
  it('has the windows that were published, and proposals for the others', () => {
    expect(windows('TP', 'ALB', 'TBIL', 'DBIL', 'TC', 'TG', 'HDLC', 'LDLC', 'GLU', 'FERR')).toEqual(Array(10).fill(30));
    expect(windows('HBA1C', 'K', 'NA', 'CL', 'CA', 'P', 'MG', 'FE', 'WBC', 'PLT', 'CRP', 'DDIMER_FEU', 'DDIMER_DDU', 'CEA', 'HBSAG', 'TPOAB')).toEqual([60, 7, 7, 7, 7, 7, 7, 7, 7, 7, 3, 1, 1, 30, 90, 90]);
  });

  it('shares and never recognises what changes at once, what is derived, and what is confidential', () => {
    expect(windows('EGFR2009', 'EGFR2021', 'HSCTNI', 'HSCTNT', 'NTPROBNP', 'BNP', 'CK', 'MYO', 'HIV')).toEqual(Array(9).fill(0));
    expect(tables.rowsOn(DAY).filter(({ isConfidential }) => isConfidential === true).map(({ item }) => item)).toEqual(['HIV']);
  });

  it('compares tumour markers by one method only, and takes volatile values for such', () => {
    expect(tables.rowsOn(DAY).filter(({ isMethodSpecific }) => isMethodSpecific === true).map(({ item }) => item)).toEqual(['AFP', 'CEA', 'CA125', 'CA153', 'CA199', 'TPSA', 'FPSA']);
    expect(tables.rowFor('GLU', DAY)).toMatchObject({ isVolatile: true, zh: '葡萄糖', group: '血糖', specimens: ['serum', 'plasma'] });
  });

  it('lists examinations with what must be the same', () => {
    expect(tables.rowFor('CT-CHEST', DAY)).toMatchObject({ kind: 'imaging', window: { days: 30, anchor: 'effective' }, examined: { modality: 'CT', bodySite: 'chest', contrast: 'without' } });
    expect(tables.rowFor('MR-KNEE', DAY)).toMatchObject({ examined: { isLateral: true } });
    expect(tables.rowFor('ECG-12', DAY)?.exclusions).toContain('chest-pain');
  });

  it('has no row before it begins, and one for every laboratory item afterwards', () => {
    expect(tables.rowFor('GLU', '2023-12-31')).toBeUndefined();
    for (const item of tables.files.known.items.keys()) expect(tables.rowFor(item, DAY), item).toBeDefined();
  });
});

describe('the codes of an order', () => {
  it.each([
    [[{ system: LOINC, code: '57698-3' }], 'LIP'], [[{ system: panels('hospital-b'), code: 'LIP' }], 'LIP'], [[{ system: LOINC, code: '58410-2' }, { system: panels('hospital-a'), code: 'CBC' }], 'CBC'],
    [[{ system: 'https://bund.example/CodeSystem/panel', code: 'HBV' }, { system: 'unknown', code: 'x' }], 'HBV'],
  ])('%j are a panel', (codings, panel) => {
    expect(tables.itemsOf(codings, DAY)).toMatchObject({ kind: 'panel', panel: { panel } });
  });

  it.each([
    [{ system: LOINC, code: '14749-6' }, 'GLU'], [{ system: LOINC, code: '2345-7' }, 'GLU'], [{ system: 'https://bund.example/CodeSystem/item', code: 'TC' }, 'TC'], [{ system: 'https://bund.example/sources/hospital-b/codes', code: '30501' }, 'TC'],
    [{ system: 'https://bund.example/sources/hospital-c/examinations', code: 'CHEST-CT' }, 'CT-CHEST'], [{ system: LOINC, code: '11524-6' }, 'ECG-12'],
  ])('%j are one item', (coding, item) => {
    expect(tables.itemsOf([coding], DAY)).toEqual({ kind: 'item', item });
  });

  it('that contradict each other are told as such, and unknown ones are nothing', () => {
    expect(tables.itemsOf([{ system: LOINC, code: '14749-6' }, { system: LOINC, code: '57698-3' }], DAY)).toEqual({ kind: 'several', names: ['GLU', 'panel LIP'] });
    expect(tables.itemsOf([{ system: LOINC, code: '0-0' }, {}, { code: 'GLU' }, { system: LOINC }], DAY)).toBeUndefined();
    // A test that is only near its item stands for none: hospital-b measures ALT with P-5'-P.
    expect(tables.itemsOf([{ system: 'https://bund.example/sources/hospital-b/codes', code: '30305' }], DAY)).toBeUndefined();
    expect(tables.itemsOf([{ system: LOINC, code: '14749-6' }], '2023-12-31')).toBeUndefined();
  });
});

describe('a panel', () => {
  it('asks for what every laboratory of the district that does it reports, and may hold more', () => {
    expect(tables.panel('LIP', DAY)).toMatchObject({ members: ['TC', 'TG', 'HDLC', 'LDLC'], optional: ['APOA1', 'APOB', 'LPA'] });
    expect(tables.panelsOn(DAY).map(({ panel }) => panel).sort()).toEqual(['CAR', 'CBC', 'COA', 'ELE', 'GLU', 'HBV', 'INF', 'IRO', 'LFT', 'LIP', 'RFT', 'STD', 'THY', 'TUM']);
  });
});

describe('institutions', () => {
  it('belong to a scope and to all above it', () => {
    expect(tables.scopesOf('chengxin')).toEqual(['chengxin-union', 'huangpu', 'shanghai', 'national']);
    expect(tables.institution('guixiangli')).toEqual({ organization: 'guixiangli', level: 'community', scopes: ['pubin-union', 'huangpu', 'shanghai', 'national'] });
    expect(tables.scope('shanghai')?.label).toBe('沪HR');
  });

  it('that nobody lists belong to the nation, and their level is not known', () => {
    expect(tables.scopesOf('elsewhere')).toEqual(['national']);
    expect(tables.institution('elsewhere')).toBeUndefined();
  });

  it('have prices of items and of panels, which may have one name', () => {
    const item = tables.priceOf('chengxin', { kind: 'item', key: 'GLU' }, DAY);
    const panel = tables.priceOf('chengxin', { kind: 'panel', key: 'GLU' }, DAY);
    expect([item, panel]).toEqual([{ fen: 600, patientShare: 30 }, expect.objectContaining({ patientShare: 30 })]);
    expect(panel?.fen).toBeGreaterThan(item?.fen ?? 0);
    expect(tables.priceOf('guixiangli', { kind: 'item', key: 'TSH' }, DAY)).toBeUndefined();
    expect(tables.priceOf('chengxin', { kind: 'item', key: 'GLU' }, '2023-12-31')).toBeUndefined();
  });
});

describe('a group that is disabled', () => {
  it('makes its items unusable on its days, with its reason, and keeps a reason of their own', async () => {
    const changed = tablesOf(await loadChanged('groups.json', (groups) => groups.flatMap((group: Parsed) => (group.group !== '血脂' ? [group] : [
      { ...group, effective: { from: '2024-01-01', to: '2026-02-28' } }, { ...group, id: '血脂@2026', isEnabled: false, disabledReason: '校准中', effective: { from: '2026-03-01' } }]))));
    expect(changed.rowFor('TC', '2026-02-28')).toMatchObject({ isEnabled: true });
    expect(changed.rowFor('TC', '2026-03-01')).toMatchObject({ isEnabled: false, disabledReason: '校准中', window: { days: 30 } });
    expect(changed.rowFor('GLU', '2026-03-01')).toMatchObject({ isEnabled: true });
  });
});

describe('words and codes of records', () => {
  it('lead to classes of specimens and parts of the body', () => {
    expect(tables.specimenClass({ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0487', code: 'SER' }], text: '?' })).toBe('serum');
    expect(tables.specimenClass({ text: ' 全血 ' })).toBe('blood');
    expect(tables.specimenClass({ text: '唾液' })).toBeUndefined();
    expect(tables.bodySite({ system: 'http://snomed.info/sct', code: '51185008' })).toBe('chest');
    expect(tables.bodySite(undefined)).toBeUndefined();
  });
});
