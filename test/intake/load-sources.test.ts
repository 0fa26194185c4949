import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadSources, requireKnownProfiles } from '../../src/intake/load-sources.ts';
import { SourceError } from '../../src/intake/source-error.ts';

const SOURCE = {
  id: 'x', name: 'X', organization: { id: 'x-org', name: 'X', level: 'tertiary', uscc: '123101019010010195' },
  offset: '+08:00', patientNumberSystem: 'https://bund.example/sources/x/patient-number', demands: { Patient: 'https://bund.example/StructureDefinition/bund-patient' },
};

let dir = '';
beforeEach(async () => { dir = await mkdtemp(path.join(tmpdir(), 'bund-sources-')); });
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('the descriptions of the sources', () => {
  it('are read by their ids', async () => {
    await writeFile(path.join(dir, 'x.json'), JSON.stringify(SOURCE));
    expect((await loadSources(dir)).get('x')).toEqual({ ...SOURCE, tables: [] });
  });

  it.each([
    ['a credit code with a wrong check character', { ...SOURCE, organization: { ...SOURCE.organization, uscc: '123101019010010190' } }, 'x.json at organization.uscc: must be a 统一社会信用代码'],
    ['an offset that is none', { ...SOURCE, offset: 'CST' }, 'x.json at offset: '],
    ['another id than the file', { ...SOURCE, id: 'y' }, 'x.json describes y'],
    ['the name of the message list', { ...SOURCE, id: 'messages' }, 'x.json at id: must not be messages'],
    ['a member that is no member', { ...SOURCE, offsets: '' }, 'x.json at the top: '],
  ])('are refused at start with %s', async (_what, source, message) => {
    await writeFile(path.join(dir, 'x.json'), JSON.stringify(source));
    const error = await loadSources(dir).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SourceError);
    expect((error as Error).message).toContain(message);
  });

  it('demand profiles of their types only', async () => {
    await writeFile(path.join(dir, 'x.json'), JSON.stringify(SOURCE));
    const sources = await loadSources(dir);
    expect(() => requireKnownProfiles(sources, { structures: new Map() })).toThrow('bund-patient is no profile of Patient');
  });
});
