import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type IncomingFile, openIncoming } from '../../../src/intake/table/incoming-files.ts';
import type { Receipt } from '../../../src/intake/table/put-away.ts';
import { watchFolder, type Watching, type WatchOptions } from '../../../src/intake/table/watch-folder.ts';

const DONE: Receipt = { outcome: 'done', issues: [] };
const FAULT = { severity: 'error', code: 'value', location: 'row 12, column 结果', diagnostics: 'The cell is empty' } as const;

let dir = '';
let watching: Watching | undefined;
const errors: { error: unknown; name: string | undefined }[] = [];

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'bund-tables-'));
  errors.length = 0;
});
afterEach(async () => {
  await watching?.stop();
  await rm(dir, { recursive: true, force: true });
});

async function put(name: string, content = 'a', source = 'community-e'): Promise<string> {
  const folder = path.join(dir, source, 'in');
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, name), content);
  return path.join(folder, name);
}

function watch(receive: (file: IncomingFile) => Promise<Receipt>, options: Partial<WatchOptions> = {}): void {
  watching = watchFolder(dir, receive, { pollMs: 5, stableMs: 1, onError: (error, file) => errors.push({ error, name: file?.name }), ...options });
}

const filesOf = (...folder: string[]): Promise<string[]> => readdir(path.join(dir, ...folder)).then((names) => names.sort(), () => []);
const received = (names: string[], receipt: Receipt = DONE) => (file: IncomingFile): Promise<Receipt> => {
  names.push(file.name);
  return Promise.resolve(receipt);
};

describe('the folder of a source', () => {
  it('is emptied by name, into done', async () => {
    for (const name of ['b.csv', 'a.XLSX', 'c.csv']) await put(name);
    const files: IncomingFile[] = [];
    watch((file) => {
      files.push(file);
      return Promise.resolve(DONE);
    });
    await vi.waitFor(async () => expect(await filesOf('community-e', 'done')).toEqual(['a.XLSX', 'b.csv', 'c.csv']));
    expect(files.map(({ name, format, source }) => [name, format, source])).toEqual([['a.XLSX', 'xlsx', 'community-e'], ['b.csv', 'csv', 'community-e'], ['c.csv', 'csv', 'community-e']]);
    expect(await filesOf('community-e', 'in')).toEqual([]);
  });

  it('puts away what was refused, with the rows and columns at fault beside it', async () => {
    await put('a.csv');
    watch(received([], { outcome: 'refused', issues: [FAULT] }));
    await vi.waitFor(async () => expect(await filesOf('community-e', 'refused')).toEqual(['a.csv', 'a.csv.issues.json']));
    expect(JSON.parse(await readFile(path.join(dir, 'community-e/refused/a.csv.issues.json'), 'utf8'))).toEqual({ file: 'a.csv', outcome: 'refused', issueCount: 1, issues: [FAULT] });
  });

  it('keeps the faults of a file of which only some rows were refused', async () => {
    await put('a.csv');
    watch(received([], { outcome: 'done', issues: [FAULT] }));
    await vi.waitFor(async () => expect(await filesOf('community-e', 'done')).toEqual(['a.csv', 'a.csv.issues.json']));
  });

  it('overwrites nothing that came before under the same name', async () => {
    const names: string[] = [];
    watch(received(names));
    for (const [content, count] of [['one', 1], ['two', 2], ['three', 3]] as const) {
      await put('a.csv', content);
      await vi.waitFor(async () => expect(await filesOf('community-e', 'done')).toHaveLength(count));
    }
    expect(await readFile(path.join(dir, 'community-e/done/a.csv'), 'utf8')).toBe('one');
    expect(await readFile(path.join(dir, 'community-e/done/a-3.csv'), 'utf8')).toBe('three');
  });

  it('is looked at again when files and sources come later', async () => {
    const names: string[] = [];
    watch(received(names));
    await put('a.csv');
    await vi.waitFor(() => expect(names).toEqual(['a.csv']));
    await put('b.csv', 'b', 'hospital-a');
    await vi.waitFor(async () => expect(await filesOf('hospital-a', 'done')).toEqual(['b.csv']));
  });

  it('leaves alone what is no table, hidden, open in a spreadsheet, a folder or a link', async () => {
    for (const name of ['a.txt', '.b.csv', '~$c.xlsx', 'd.csv.part', 'e']) await put(name);
    await mkdir(path.join(dir, 'community-e/in/f.csv'));
    await writeFile(path.join(dir, 'secret'), 'secret');
    await symlink(path.join(dir, 'secret'), path.join(dir, 'community-e/in/g.csv'));
    await symlink(path.join(dir, 'community-e'), path.join(dir, 'linked'));
    const names: string[] = [];
    watch(received(names));
    await put('z.csv');
    await vi.waitFor(() => expect(names).toEqual(['z.csv']));
    expect(await filesOf('community-e', 'in')).toEqual(['.b.csv', 'a.txt', 'd.csv.part', 'e', 'f.csv', 'g.csv', '~$c.xlsx']);
  });

  it('does not follow a link that takes the place of a file at the last moment', async () => {
    await writeFile(path.join(dir, 'secret'), 'secret');
    const file = await put('a.csv');
    watch(async (incoming) => {
      await rm(file);
      await symlink(path.join(dir, 'secret'), file);
      await (await openIncoming(incoming)).close();
      return DONE;
    });
    await vi.waitFor(() => expect(errors).toMatchObject([{ error: { code: 'ELOOP' }, name: 'a.csv' }]));
    expect(await filesOf('community-e', 'done')).toEqual([]);
  });

  it('calls files by names that can be shown', async () => {
    await put('a\u202evsc\n.csv');
    await put(`${'长'.repeat(80)}.csv`);
    const names: string[] = [];
    watch(received(names));
    await vi.waitFor(async () => expect(await filesOf('community-e', 'done')).toHaveLength(2));
    expect(names).toEqual(['a_vsc_.csv', `${'长'.repeat(80)}.csv`]);
  });
});

describe('a file that is not complete', () => {
  it('waits, and those of later names with it, until it changes no more', async () => {
    const partial = await put('a.csv', '1');
    await put('b.csv');
    const names: string[] = [];
    let content = '1';
    const writer = setInterval(() => { content += '1'; void writeFile(partial, content); }, 5);
    watch(received(names), { stableMs: 100 });
    await new Promise((resolve) => { setTimeout(resolve, 250); });
    expect(names).toEqual([]);
    clearInterval(writer);
    await vi.waitFor(() => expect(names).toEqual(['a.csv', 'b.csv']));
  });

  it('is received again when it was written over while it was received', async () => {
    const file = await put('a.csv', 'one');
    const contents: string[] = [];
    watch(async ({ path: at }) => {
      contents.push(await readFile(at, 'utf8'));
      if (contents.length === 1) {
        await writeFile(`${file}.part`, 'two and more');
        await rename(`${file}.part`, file);
      }
      return DONE;
    });
    await vi.waitFor(async () => expect(await filesOf('community-e', 'done')).toEqual(['a.csv']));
    expect(contents).toEqual(['one', 'two and more']);
  });
});

describe('a file that cannot be received now', () => {
  it('stays, is tried again, and holds up no other', async () => {
    await put('a.csv');
    await put('b.csv');
    let attempts = 0;
    watch((file) => {
      if (file.name === 'a.csv' && ++attempts < 3) return Promise.reject(new Error('The store is gone'));
      return Promise.resolve(DONE);
    });
    await vi.waitFor(async () => expect(await filesOf('community-e', 'done')).toEqual(['a.csv', 'b.csv']));
    expect(errors.map(({ name }) => name)).toEqual(['a.csv', 'a.csv']);
  });

  it('is received again after a crash between its receipt and its move', async () => {
    await put('a.csv');
    const names: string[] = [];
    await writeFile(path.join(dir, 'community-e/done'), 'no folder: the move fails as if the process had ended before it');
    watch(received(names));
    await vi.waitFor(() => expect(errors.length).toBeGreaterThan(0));
    await watching?.stop();
    expect(await filesOf('community-e', 'in')).toEqual(['a.csv']);
    await rm(path.join(dir, 'community-e/done'));
    watch(received(names));
    await vi.waitFor(async () => expect(await filesOf('community-e', 'done')).toEqual(['a.csv']));
    expect(names.length).toBeGreaterThan(1);
  });

  it('does not hold up the files of other sources', async () => {
    await put('a.csv');
    await put('b.csv', 'b', 'hospital-a');
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => { release = resolve; });
    watch(async (file) => {
      if (file.source === 'community-e') await held;
      return DONE;
    });
    await vi.waitFor(async () => expect(await filesOf('hospital-a', 'done')).toEqual(['b.csv']));
    release();
    await vi.waitFor(async () => expect(await filesOf('community-e', 'done')).toEqual(['a.csv']));
  });
});

describe('a watch', () => {
  it('ends after the file under way', async () => {
    await put('a.csv');
    await put('b.csv');
    let release: (() => void) | undefined;
    watch(async () => {
      await new Promise<void>((resolve) => { release = resolve; });
      return DONE;
    });
    await vi.waitFor(() => expect(release).toBeDefined());
    const stopped = watching?.stop();
    release?.();
    await stopped;
    expect(await filesOf('community-e', 'done')).toEqual(['a.csv']);
    expect(await filesOf('community-e', 'in')).toEqual(['b.csv']);
  });

  it('tells when its folder is not there, and goes on', async () => {
    await rm(dir, { recursive: true });
    const names: string[] = [];
    watch(received(names));
    await vi.waitFor(() => expect(errors[0]?.error).toMatchObject({ code: 'ENOENT' }));
    await put('a.csv');
    await vi.waitFor(() => expect(names).toEqual(['a.csv']));
  });
});
