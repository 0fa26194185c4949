import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
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

  const KEY = { kty: 'EC', crv: 'P-384', x: 'a', y: 'b', kid: 'k1' };

  it('name the keys of an EMR, themselves or in a file beside them', async () => {
    await mkdir(path.join(dir, 'keys'));
    await writeFile(path.join(dir, 'keys', 'x.json'), JSON.stringify({ keys: [KEY] }));
    await writeFile(path.join(dir, 'x.json'), JSON.stringify({ ...SOURCE, cdsClient: { iss: 'https://emr.example', jwksFile: 'x.json' } }));
    expect((await loadSources(dir)).get('x')?.cdsClient).toEqual({ iss: 'https://emr.example', jwks: { keys: [KEY] } });
    await writeFile(path.join(dir, 'y.json'), JSON.stringify({ ...SOURCE, id: 'y', cdsClient: { iss: 'https://emr.example', jwks: { keys: [KEY] } } }));
    await expect(loadSources(dir)).rejects.toThrow('y.json at cdsClient.iss: https://emr.example is also claimed by x');
  });

  it.each([
    ['a private key', { iss: 'https://emr.example', jwks: { keys: [{ ...KEY, d: 'secret' }] } }, 'must be a public key'],
    ['a shared secret', { iss: 'https://emr.example', jwks: { keys: [{ kty: 'oct', k: 'secret' }] } }, 'cdsClient.jwks.keys.0.kty'],
    ['no key', { iss: 'https://emr.example' }, 'must have jwks or jwksFile'],
    ['a file elsewhere', { iss: 'https://emr.example', jwksFile: '../../x.json' }, 'cdsClient.jwksFile'],
    ['a file that is none', { iss: 'https://emr.example', jwksFile: 'none.json' }, 'profiles/sources/keys/none.json cannot be read'],
  ])('are refused with an EMR that has %s', async (_what, cdsClient, message) => {
    await writeFile(path.join(dir, 'x.json'), JSON.stringify({ ...SOURCE, cdsClient }));
    await expect(loadSources(dir)).rejects.toThrow(message);
  });

  it('demand profiles of their types only', async () => {
    await writeFile(path.join(dir, 'x.json'), JSON.stringify(SOURCE));
    const sources = await loadSources(dir);
    expect(() => requireKnownProfiles(sources, { structures: new Map() })).toThrow('bund-patient is no profile of Patient');
  });
});
