import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appendLine, headsFile, readOn, unreadHeadFile } from '../../src/audit/head-file.ts';
import { headLines } from '../../src/audit/head-lines.ts';
import { cover, NOTHING_COVERED } from '../../src/audit/heads.ts';
import { chainOf, linesOver } from './samples.ts';

let dataDir: string;
let file: string;
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'bund-heads-'));
  file = headsFile(dataDir);
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const chain = chainOf('a', 4);
const [first = '', second = '', third = ''] = linesOver([[chain[0]!], [chain[2]!], [chain[3]!]]);
const linesIn = async () => Array.fromAsync(headLines(file));

describe('the file of signed heads', () => {
  it('is begun when there is none', async () => {
    const empty = await readOn(unreadHeadFile(file));
    expect(empty.covered).toEqual(NOTHING_COVERED);
    await appendLine(empty, first);
    expect(await linesIn()).toEqual([first]);
  });

  it('is read on from where it was left, whoever appended', async () => {
    await writeFile(file, `${first}\n`);
    const before = await readOn(unreadHeadFile(file));
    await appendFile(file, `${second}\n${third}\n`);
    const after = await readOn(before);
    expect(after).toEqual(await readOn(unreadHeadFile(file)));
    expect(after.covered).toEqual([first, second, third].reduce(cover, NOTHING_COVERED));
    expect([...after.signed]).toEqual([['a', 4]]);
  });

  it('keeps a line that a crash cut short, and begins the next on a line of its own', async () => {
    await writeFile(file, `${first}\n${second.slice(0, 30)}`);
    const torn = await readOn(unreadHeadFile(file));
    expect(torn.covered.lines).toBe(1);
    await appendLine(torn, third);
    expect(await linesIn()).toEqual([first, second.slice(0, 30), third]);
    expect((await readOn(torn)).covered.lines).toBe(3);
  });

  it('takes lines of many who append at once, each whole', async () => {
    const known = await readOn(unreadHeadFile(file));
    await Promise.all(Array.from({ length: 20 }, (_, n) => appendLine(known, `${first}${' '.repeat(n)}`)));
    expect((await linesIn()).sort()).toEqual(Array.from({ length: 20 }, (_, n) => `${first}${' '.repeat(n)}`));
    expect((await readOn(known)).covered.lines).toBe(20);
  });

  it('reads lines longer than its buffer and letters that lie across its end', async () => {
    const long = `"${'验'.repeat(700_000)}"`;
    await writeFile(file, `${long}\n${first}\n`);
    expect((await readOn(unreadHeadFile(file))).covered).toEqual([long, first].reduce(cover, NOTHING_COVERED));
    expect(await linesIn()).toEqual([long, first]);
  });

  it('is readable by the owner only and never shortened', async () => {
    const known = await readOn(unreadHeadFile(file));
    await appendLine(known, first);
    await appendLine(await readOn(known), second);
    expect(await readFile(file, 'utf8')).toBe(`${first}\n${second}\n`);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });
});
