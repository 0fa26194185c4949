import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../src/config.ts';

function faultsOf(env: Record<string, string>): string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n');
    throw error;
  }
  return [];
}

describe('readConfig', () => {
  it('serves on the loopback address with the embedded store when nothing is set', () => {
    const config = readConfig({});
    expect(config).toMatchObject({ host: '127.0.0.1', port: 8080, workers: 1, store: { kind: 'sqlite' } });
    expect(config.dataDir).toMatch(/data$/);
  });

  it('keeps keys beside the SQLite file', () => {
    expect(readConfig({ BUND_STORE: 'sqlite:/var/lib/bund/exchange.db' }).dataDir).toBe('/var/lib/bund');
  });

  it('uses every core on MongoDB, where writers do not wait for each other', () => {
    expect(readConfig({ BUND_STORE: 'mongodb://localhost/bund' }).workers).toBeGreaterThanOrEqual(1);
  });

  it('names each fault in a line of its own, and all of them', () => {
    const faults = faultsOf({ BUND_PORT: '99999', BUND_STORE: 'postgres://x', BUND_LOG: 'loud', BUND_WORKERS: 'two' });
    expect(faults).toHaveLength(4);
    for (const name of ['BUND_PORT', 'BUND_STORE', 'BUND_LOG', 'BUND_WORKERS']) expect(faults.filter((fault) => fault.startsWith(name))).toHaveLength(1);
  });

  it('takes every form of a MongoDB URI, and no other', () => {
    for (const uri of ['mongodb://db', 'mongodb://u:p%40ss@a:27017,b:27018/bund?replicaSet=rs0', 'mongodb+srv://cluster.example/', 'mongodb://[::1]:27017/?tls=true', 'mongodb://%2Ftmp%2Fdb.sock/bund']) {
      expect(faultsOf({ BUND_STORE: uri }), uri).toEqual([]);
    }
    for (const uri of ['mongodb://bad host', 'mongodb://u:p@ss@db', 'mongodb://u:p/ss@db', 'mongodb://a,', 'mongodb://db:port', 'mongodb:///bund', 'mongodb://']) {
      expect(faultsOf({ BUND_STORE: uri }), uri).toEqual([expect.stringMatching(/^BUND_STORE must be /)]);
    }
  });

  it('reads dates without a zone in Shanghai unless told otherwise', () => {
    expect(readConfig({}).offsetMinutes).toBe(480);
    expect(readConfig({ BUND_OFFSET: '-03:30' }).offsetMinutes).toBe(-210);
    expect(readConfig({ BUND_OFFSET: '+14:00' }).offsetMinutes).toBe(840);
    for (const offset of ['8', '+14:01', '-14:30', '+15:00', '+08:60']) expect(faultsOf({ BUND_OFFSET: offset }), offset).toEqual([expect.stringMatching(/^BUND_OFFSET must be/)]);
  });

  it('lets only a proxy on this machine say who the client is, unless told otherwise', () => {
    expect(readConfig({}).trustedProxies).toEqual(['127.0.0.0/8', '::1']);
    expect(readConfig({ BUND_TRUSTED_PROXIES: '10.1.0.0/16, 192.0.2.7,fd00::/8' }).trustedProxies).toEqual(['10.1.0.0/16', '192.0.2.7', 'fd00::/8']);
    expect(readConfig({ BUND_TRUSTED_PROXIES: 'none' }).trustedProxies).toEqual([]);
    for (const value of ['proxy', '10.0.0.0/33', '10.0.0.0/8/8', '::1/129', '10.0.0.0/', ',']) expect(faultsOf({ BUND_TRUSTED_PROXIES: value })[0], value).toMatch(/^BUND_TRUSTED_PROXIES must be/);
  });

  it('takes growing waits for what is tried again, or none', () => {
    expect(readConfig({}).retry.afterMinutes).toEqual([1, 5, 30, 120, 720]);
    expect(readConfig({ BUND_RETRY_MINUTES: 'none' }).retry.afterMinutes).toEqual([]);
    expect(readConfig({ BUND_RETRY_MINUTES: '2, 2,60' }).retry.afterMinutes).toEqual([2, 2, 60]);
    for (const value of ['5,1', '0', '1.5', '1,', 'soon', '43201', Array.from({ length: 21 }, () => '1').join(',')]) expect(faultsOf({ BUND_RETRY_MINUTES: value }), value).toEqual([expect.stringMatching(/^BUND_RETRY_MINUTES must be/)]);
  });

  it('refuses a misspelt setting instead of ignoring it', () => {
    expect(faultsOf({ BUND_PROT: '80' })[0]).toMatch(/BUND_PROT is not a setting/);
  });

  it('treats an empty variable as not set', () => {
    expect(readConfig({ BUND_PORT: '' }).port).toBe(8080);
  });

  it('answers any environment with a configuration or a ConfigError', () => {
    const setting = fc.constantFrom('BUND_HOST', 'BUND_PORT', 'BUND_STORE', 'BUND_WORKERS', 'BUND_LIMIT_PAGE', 'BUND_BASE_URL', 'BUND_AUDIT_SIGN_MS');
    fc.assert(fc.property(fc.dictionary(setting, fc.string()), (env) => {
      try {
        const config = readConfig(env);
        expect(config.port).toBeLessThanOrEqual(65_535);
      } catch (error) {
        expect(error).toBeInstanceOf(ConfigError);
      }
    }));
  });
});
