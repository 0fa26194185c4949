import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/config.ts';
import { RecognitionFileError } from '../../../src/recognition/index.ts';
import { load, loadChanged } from '../profiles.ts';
import type { Parsed } from '../../http/server.ts';

const row = (id: string, change: (row: Parsed) => object) => (rows: Parsed[]) => rows.map((one) => (one.id === id ? change(one) : one));
const adding = (entry: object) => (rows: Parsed[]) => [...rows, entry];

describe('the files of recognition', () => {
  it('are loaded as they are shipped', async () => {
    const { entries, certificates } = await load();
    expect(entries.filter(({ subject }) => subject === 'row').length).toBe(112);
    expect(certificates.length).toBeGreaterThan(400);
  });

  it.each<[string, string, string | ((content: Parsed) => unknown), string]>([
    ['text that is no JSON', 'catalogue.json', '[', 'profiles/recognition/catalogue.json is not JSON'],
    ['a window below nothing', 'catalogue.json', row('GLU@2024', (one) => ({ ...one, window: { days: -1, anchor: 'collected' } })), 'profiles/recognition/catalogue.json row GLU@2024 at window.days: '],
    ['a window of half a day', 'catalogue.json', row('GLU@2024', (one) => ({ ...one, window: { days: 0.5, anchor: 'collected' } })), 'row GLU@2024 at window.days: '],
    ['a misspelt member', 'catalogue.json', row('GLU@2024', (one) => ({ ...one, isVolatil: true })), 'row GLU@2024 at the top: '],
    ['a day that no calendar has', 'catalogue.json', row('GLU@2024', (one) => ({ ...one, effective: { from: '2024-02-30' } })), 'row GLU@2024 at effective.from: must be a day of the calendar'],
    ['an end before the beginning', 'catalogue.json', row('GLU@2024', (one) => ({ ...one, effective: { from: '2024-02-02', to: '2024-02-01' } })), 'row GLU@2024 at effective: must not end before it begins'],
    ['a row that is disabled without a reason', 'catalogue.json', row('GLU@2024', (one) => ({ ...one, isEnabled: false })), 'row GLU@2024 at disabledReason: must say why'],
    ['an item that laboratories do not have', 'catalogue.json', row('GLU@2024', (one) => ({ ...one, item: 'GLUX' })), 'row GLU@2024 at item: GLUX is no item of profiles/codes/catalogue.json'],
    ['a laboratory item as an examination', 'catalogue.json', row('CT-CHEST@2024', (one) => ({ ...one, item: 'GLU' })), 'row CT-CHEST@2024 at item: GLU is a laboratory item'],
    ['a specimen that nobody knows', 'catalogue.json', row('GLU@2024', (one) => ({ ...one, specimens: ['saliva'] })), 'row GLU@2024 at specimens: saliva is no class'],
    ['a part of the body that nobody knows', 'catalogue.json', row('CT-CHEST@2024', (one) => ({ ...one, examined: { ...one.examined, bodySite: 'soul' } })), 'row CT-CHEST@2024 at examined.bodySite: soul is not in profiles/recognition/body-sites.json'],
    ['a LOINC with a wrong check digit', 'catalogue.json', row('CT-CHEST@2024', (one) => ({ ...one, loinc: [{ code: '24627-3' }] })), 'row CT-CHEST@2024 at loinc.0.code: must be a LOINC code'],
    ['a source that is none', 'catalogue.json', row('CT-CHEST@2024', (one) => ({ ...one, sources: { 'hospital-x': 'CT' } })), 'row CT-CHEST@2024 at sources.hospital-x: is no source'],
    ['a member that is no item', 'panels.json', row('LIP@2024', (one) => ({ ...one, members: ['TC', 'FAT'] })), 'profiles/recognition/panels.json row LIP@2024 at members: FAT is no item of the catalogue'],
    ['a member that is listed twice', 'panels.json', row('LIP@2024', (one) => ({ ...one, optional: ['TC'] })), 'row LIP@2024 at optional: TC is listed twice'],
    ['a price in part of a fen', 'prices.json', (lists) => lists.map((list: Parsed) => ({ ...list, items: { GLU: 1.5 } })), 'profiles/recognition/prices.json row 1 at items.GLU: '],
    ['a price of an unknown item', 'prices.json', (lists) => [{ ...lists[0], items: { GLUX: 1 } }], 'at item: GLUX is no item of the catalogue'],
    ['a price at an unknown institution', 'prices.json', (lists) => [{ ...lists[0], organization: 'nowhere' }], 'at organization: nowhere is neither'],
    ['a scope whose parent is narrower', 'scopes.json', (content) => ({ ...content, scopes: content.scopes.map((scope: Parsed) => (scope.id === 'shanghai' ? { ...scope, parent: 'huangpu' } : scope)) }), 'profiles/recognition/scopes.json scope shanghai is province, and its parent huangpu is district'],
    ['a scope without a parent', 'scopes.json', (content) => ({ ...content, scopes: content.scopes.map(({ parent: _parent, ...scope }: Parsed) => scope) }), 'scope shanghai has no parent'],
    ['a member of a scope that is none', 'scopes.json', (content) => ({ ...content, members: [{ organization: 'chengxin', scopes: ['moon'] }] }), 'member chengxin belongs to moon, which is no scope'],
    ['a certificate for an unknown item', 'certificates.json', (parts) => [{ ...parts[0], items: ['GLUX'] }], 'profiles/recognition/certificates.json certificate of chengxin for GLUX: GLUX is no item'],
    ['a certificate of an unknown scope', 'certificates.json', (parts) => [{ ...parts[0], scope: 'moon' }], 'moon is no scope'],
    ['a certificate that is listed twice', 'certificates.json', (parts) => [parts[0], parts[0]], 'lists the certificate of chengxin for'],
    ['a score above a hundred', 'certificates.json', (parts) => [{ ...parts[0], rounds: [{ round: '1', score: 101 }] }], 'profiles/recognition/certificates.json row 1 at rounds.0.score: '],
    ['a certificate of rounds that were all failed', 'certificates.json', (parts) => [{ ...parts[0], rounds: [{ round: '1', score: 79 }] }], 'row 1 at rounds: must have a round that was passed'],
  ])('are refused for %s', async (_what, file, change, sentence) => {
    await expect(loadChanged(file, change)).rejects.toThrow(sentence);
  });

  it('are refused for two rows of one item on one day, both named', async () => {
    const again = { id: 'GLU@2026', item: 'GLU', kind: 'laboratory', specimens: ['serum'], window: { days: 3, anchor: 'collected' }, scope: 'city', exclusions: [], isEnabled: true, effective: { from: '2026-01-01' } };
    await expect(loadChanged('catalogue.json', adding(again))).rejects.toThrow(
      'profiles/recognition/catalogue.json row GLU@2024 (2024-01-01 to …) and profiles/recognition/catalogue.json row GLU@2026 (2026-01-01 to …) both hold for item GLU on 2026-01-01');
    const ended = (rows: Parsed[]) => adding(again)(row('GLU@2024', (one) => ({ ...one, effective: { from: '2024-01-01', to: '2025-12-31' } }))(rows));
    expect((await loadChanged('catalogue.json', ended)).entries.filter(({ id }) => id.startsWith('GLU@')).length).toBe(3);
  });

  it('are refused where one code could mean two things, both named', async () => {
    const second = row('CT-HEAD@2024', (one) => ({ ...one, loinc: [{ code: '24627-2' }] }));
    await expect(loadChanged('catalogue.json', second)).rejects.toThrow(/row CT-CHEST@2024 .* and .* row CT-HEAD@2024 .* are both named by http:\/\/loinc\.org\|24627-2/);
  });

  it('end the start as a faulty setting does', async () => {
    const fault: unknown = await loadChanged('groups.json', '{}').catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(RecognitionFileError);
    // main.ts ends with EX_CONFIG, 78, for these, and tells the message alone.
    expect(fault).toBeInstanceOf(ConfigError);
  });

  it('tell which file cannot be read', async () => {
    await expect(load('/nowhere')).rejects.toThrow(/^profiles\/recognition\/[a-z-]+\.json cannot be read$/);
  });
});
