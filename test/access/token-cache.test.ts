import { describe, expect, it } from 'vitest';
import { DEFAULT_SCOPES, type Identity, issueToken, memoryKeys, TokenCache } from '../../src/access/index.ts';
import { readConfig } from '../../src/config.ts';

const keys = await memoryKeys();
const config = readConfig({});
const identity: Identity = { role: 'auditor', subject: 'a-1', name: undefined, source: undefined, facility: undefined, scopes: DEFAULT_SCOPES.auditor };
const start = Date.parse('2026-03-01T08:00:00Z');

function cacheAt() {
  const clock = { now: start, logins: 0 };
  const cache = new TokenCache({ keys, config, clock: () => new Date(clock.now) });
  const use = (token: string, traceLogin = () => Promise.resolve()) => cache.identify(token, () => { clock.logins++; return traceLogin(); });
  return { clock, use };
}

const token = issueToken(keys, config, identity, { now: new Date(start), lifetimeSeconds: 60 });

describe('verified tokens', () => {
  it('are one login, however many requests use them at once', async () => {
    const { clock, use } = cacheAt();
    const found = await Promise.all(Array.from({ length: 10 }, () => use(token)));
    expect(new Set(found)).toEqual(new Set([identity]));
    expect(clock.logins).toBe(1);
  });

  it('are refused once they have expired, though they were known', async () => {
    const { clock, use } = cacheAt();
    await use(token);
    clock.now = start + 91_000;
    await expect(use(token)).rejects.toMatchObject({ kind: 'unauthenticated', message: 'The token has expired' });
    await expect(use(token)).rejects.toMatchObject({ kind: 'unauthenticated' });
  });

  it('let nobody in while the login cannot be traced', async () => {
    const { clock, use } = cacheAt();
    await expect(use(token, () => Promise.reject(new Error('store gone')))).rejects.toThrow('store gone');
    await use(token);
    expect(clock.logins).toBe(2);
  });
});
