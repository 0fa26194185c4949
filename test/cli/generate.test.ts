import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from './run-command.ts';

let folder: string;
beforeAll(async () => { folder = await mkdtemp(path.join(tmpdir(), 'bund-generate-')); });
afterAll(() => rm(folder, { recursive: true }));

const generate = (out: string, ...args: string[]): ReturnType<typeof runCommand> => runCommand('generate', ['--residents', '12', '--seed', 'x', '--out', path.join(folder, out), ...args]);

async function contentOf(out: string): Promise<Map<string, string>> {
  const files = (await readdir(path.join(folder, out), { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const named = await Promise.all(files.map(async (file) => [path.relative(path.join(folder, out), path.join(file.parentPath, file.name)), await readFile(path.join(file.parentPath, file.name), 'utf8')] as const));
  return new Map(named.sort(([a], [b]) => a.localeCompare(b)));
}

describe('npm run generate', () => {
  it('writes the same files for the same seed, one a message, and a manifest that counts them', async () => {
    const ran = [await generate('a'), await generate('b')];
    expect(ran.map(({ status }) => status)).toEqual([0, 0]);
    const [a, b] = [await contentOf('a'), await contentOf('b')];
    expect(a).toEqual(b);
    const manifest = JSON.parse(a.get('manifest.json') ?? '{}') as { residents: number; messages: Record<string, number>; cases: Record<string, string[]> };
    expect(manifest.residents).toBe(12);
    expect(Object.values(manifest.messages).reduce((sum, count) => sum + count, 0)).toBe(a.size - 1);
    for (const file of Object.values(manifest.cases).flat()) expect(a.has(file)).toBe(true);
    expect(ran[0]?.stdout).toContain(`${a.size - 1} messages`);
  });

  it('does not write into a folder that holds something', async () => {
    await generate('taken');
    const ran = await generate('taken');
    expect(ran.status).toBe(64);
    expect(ran.stderr).toContain('is not empty');
  });

  it('names the option that is missing or wrong', async () => {
    const ran = await Promise.all([['--residents', '5'], ['--residents', '-5', '--out', 'x'], ['--residents', '0', '--out', 'x'], ['--wrong']].map((args) => runCommand('generate', args)));
    expect(ran.map(({ status }) => status)).toEqual([64, 64, 64, 64]);
    expect(ran.map(({ stderr }) => stderr.split('\n')[0])).toEqual([
      '--out is missing', expect.stringContaining('--residents'), '--residents takes a whole number from 1 to 1000000, not "0"', expect.stringContaining('--wrong'),
    ]);
  });

  it('says why when the folder cannot be made', async () => {
    const ran = await runCommand('generate', ['--residents', '5', '--out', path.join(import.meta.filename, 'below-a-file')]);
    expect(ran.status).toBe(73);
    expect(ran.stderr).toContain('could not be written');
  });
});
