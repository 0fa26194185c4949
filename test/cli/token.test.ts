import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKeys, verifyToken } from '../../src/access/index.ts';

let folder: string;
beforeAll(async () => { folder = await mkdtemp(path.join(tmpdir(), 'bund-token-')); });
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Outcome { readonly status: number; readonly stdout: string; readonly stderr: string }

function token(options: readonly string[], env: Record<string, string> = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    const environment = { ...process.env, BUND_STORE: `sqlite:${path.join(folder, 'bund.db')}`, ...env };
    execFile(process.execPath, ['src/cli/token.ts', ...options], { env: environment }, (error, stdout, stderr) => resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr }));
  });
}

describe('npm run token', () => {
  it('prints a token of the installation, and nothing else', async () => {
    const { status, stdout, stderr } = await token(['--role', 'clinician', '--facility', 'chengxin', '--user', 'dr-wu', '--name', '吴敏', '--expires', '30m']);
    expect([status, stderr]).toEqual([0, '']);
    const { identity, expiresAt } = verifyToken(await openKeys(folder), { baseUrl: undefined }, stdout.trim(), new Date());
    expect(identity).toEqual({ role: 'clinician', subject: 'dr-wu', name: '吴敏', source: undefined, facility: 'chengxin', scopes: ['user/*.rs', 'identity.match', 'recognition.ask', 'recognition.answer', 'figures.read'] });
    expect(Math.abs(expiresAt - Date.now() - 30 * 60_000)).toBeLessThan(60_000);
  });

  it('takes the source as the user and other scopes than the role\'s own', async () => {
    const { stdout } = await token(['--role', 'source', '--source', 'hospital-a-lis', '--scope', 'intake.push']);
    expect(verifyToken(await openKeys(folder), { baseUrl: undefined }, stdout.trim(), new Date()).identity).toMatchObject({ subject: 'hospital-a-lis', source: 'hospital-a-lis', scopes: ['intake.push'] });
  });

  it('warns of a source or facility that no profile knows, and prints the token all the same', async () => {
    const { status, stdout, stderr } = await token(['--role', 'clinician', '--facility', 'hospital-a', '--source', 'hospital-x']);
    expect([status, stdout.split('.').length]).toEqual([0, 3]);
    expect(stderr).toMatch(/^Warning: no profile in profiles\/sources names the facility hospital-a; known are .*chengxin.*\n$/);
    expect((await token(['--role', 'source', '--source', 'hospital-x'])).stderr).toMatch(/names the source hospital-x; known are .*hospital-a/);
    expect((await token(['--role', 'source', '--source', 'hospital-a'])).stderr).toBe('');
  });

  it('issues for the public address of the gateway', async () => {
    const { stdout } = await token(['--role', 'auditor'], { BUND_BASE_URL: 'https://exchange.example' });
    expect(verifyToken(await openKeys(folder), { baseUrl: 'https://exchange.example' }, stdout.trim(), new Date()).identity.role).toBe('auditor');
  });

  it.each<[string, string[], string]>([
    ['no role', [], '--role is missing'],
    ['an unknown role', ['--role', 'root'], '--role takes one of source, clinician, auditor, operator, manager, system'],
    ['a source without its id', ['--role', 'source'], 'A source needs --source'],
    ['a clinician without a facility', ['--role', 'clinician'], 'A clinician needs --facility'],
    ['an id that cannot be one', ['--role', 'clinician', '--facility', 'a/b'], '--facility takes an id'],
    ['a lifetime without a unit', ['--role', 'system', '--expires', '10'], '--expires takes a time up to 366d'],
    ['an unknown option', ['--role', 'system', '--admin'], "Unknown option '--admin'"],
  ])('says what is wrong with %s, on standard error', async (_, options, message) => {
    const { status, stdout, stderr } = await token(options);
    expect([status, stdout]).toEqual([64, '']);
    expect(stderr).toContain(message);
  });

  it('says what is wrong with the environment or the keys in one line', async () => {
    expect(await token(['--role', 'system'], { BUND_STORE: 'oracle:' })).toMatchObject({ status: 78, stderr: expect.stringMatching(/^BUND_STORE must be sqlite:FILE or mongodb:\/\/…\n$/) });
    await writeFile(path.join(folder, 'file'), '');
    expect(await token(['--role', 'system'], { BUND_DATA: path.join(folder, 'file') })).toMatchObject({ status: 1, stderr: expect.stringMatching(/^.*file\/keys cannot be made \(ENOTDIR\)\. .*\n$/) });
  });
});
