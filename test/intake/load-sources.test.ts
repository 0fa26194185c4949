import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadSources, requireKnownProfiles } from '../../src/intake/load-sources.ts';
import { SourceError } from '../../src/intake/parse-description.ts';

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
    expect((await loadSources(dir)).get('x')).toMatchObject(SOURCE);
  });

  it('say what may be expected of a feed, and for how long bodies are kept', async () => {
    const watched = { ...SOURCE, watch: { errorShare: 0.05, timelyMinutes: 90, expected: [{ days: ['mon', 'sun'], from: 0, to: 24, everyMinutes: 15 }] }, retention: { rawDays: 90 } };
    await writeFile(path.join(dir, 'x.json'), JSON.stringify(watched));
    expect((await loadSources(dir)).get('x')).toMatchObject(watched);
  });

  it.each([
    ['a share above one', { ...SOURCE, watch: { errorShare: 2 } }, 'x.json at watch.errorShare: '],
    ['hours that end before they begin', { ...SOURCE, watch: { expected: [{ days: ['mon'], from: 18, to: 8, everyMinutes: 5 }] } }, 'x.json at watch.expected.0: must end after it begins'],
    ['bodies kept for no day', { ...SOURCE, retention: { rawDays: 0 } }, 'x.json at retention.rawDays: '],
    ['the name of the list of replays', { ...SOURCE, id: 'replays' }, 'x.json at id: must not be messages'],
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
