import fc from 'fast-check';
import jwt from 'jsonwebtoken';
import { describe, expect, it } from 'vitest';
import { ROLES } from '../../src/access/caller.ts';
import { memoryKeys } from '../../src/access/keys.ts';
import { DEFAULT_SCOPES, type Identity, issueToken, verifyToken } from '../../src/access/tokens.ts';

const keys = await memoryKeys();
const config = { baseUrl: undefined };
const now = new Date('2026-03-01T08:00:00Z');
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);
const clinician: Identity = { role: 'clinician', subject: 'dr-wu', name: '吴敏', source: undefined, facility: 'hospital-a', scopes: DEFAULT_SCOPES.clinician };
const good = issueToken(keys, config, clinician, { now, lifetimeSeconds: 3600 });
const claims = jwt.decode(good) as Record<string, unknown>;
const signed = (payload: object, options: jwt.SignOptions = { algorithm: 'RS256' }, key: jwt.Secret = keys.token.privateKey) => jwt.sign(payload, key, options);
const unsigned = (header: object, payload: object, signature = '') =>
  [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.') + `.${signature}`;
const verify = (token: string, at = now) => verifyToken(keys, config, token, at);

describe('tokens of the embedded issuer', () => {
  it('say who the caller is, for every role', () => {
    for (const role of ROLES) {
      const identity: Identity = { role, subject: 's-1', name: undefined, source: role === 'source' ? 'hospital-a-lis' : undefined, facility: undefined, scopes: DEFAULT_SCOPES[role] };
      const token = issueToken(keys, config, identity, { now, lifetimeSeconds: 60 });
      expect(verify(token)).toEqual({ identity, expiresAt: later(60 + 30).getTime() });
    }
  });

  it('keep names in any script', () => {
    expect(verify(good).identity.name).toBe('吴敏');
  });

  it('are refused once they have expired, with half a minute for clocks that differ', () => {
    expect(() => verify(good, later(3600 + 29))).not.toThrow();
    expect(() => verify(good, later(3600 + 31))).toThrow('The token has expired');
  });

  it('are refused before their time, for another audience and from another issuer', () => {
    expect(() => verify(signed({ ...claims, nbf: later(100).getTime() / 1000 }))).toThrow('not valid yet');
    expect(() => verify(signed({ ...claims, aud: 'https://other.example/fhir' }))).toThrow('another audience');
    expect(() => verify(signed({ ...claims, iss: 'https://other.example' }))).toThrow('another issuer');
    expect(() => verifyToken(keys, { baseUrl: 'https://exchange.example' }, good, now)).toThrow('another audience');
  });

  it.each(['sub', 'role', 'scope', 'exp'])('are refused without the claim %s', (claim) => {
    const { [claim]: _left, ...rest } = claims;
    expect(() => verify(signed(rest))).toThrow(`missing or illegal claim: ${claim}`);
  });

  it('are refused with a role, a facility or a name that cannot be', () => {
    expect(() => verify(signed({ ...claims, role: 'root' }))).toThrow('illegal claim: role');
    expect(() => verify(signed({ ...claims, facility: 'a/../b' }))).toThrow('illegal claim: facility');
    expect(() => verify(signed({ ...claims, name: 'a\nb' }))).toThrow('illegal claim: name');
    expect(() => verify(signed({ ...claims, scope: ['user/*.rs'] }))).toThrow('illegal claim: scope');
  });
});

describe('forged tokens', () => {
  const malformed = 'malformed or not signed by this exchange';

  it('are refused when another key signed them', async () => {
    const other = await memoryKeys();
    expect(() => verify(signed(claims, { algorithm: 'RS256' }, other.token.privateKey))).toThrow(malformed);
  });

  it('are refused when unsigned, whatever case "none" has', () => {
    for (const alg of ['none', 'None', 'NONE', '']) {
      expect(() => verify(unsigned({ alg, typ: 'JWT' }, claims))).toThrow(malformed);
      expect(() => verify(unsigned({ alg, typ: 'JWT' }, claims, 'AAAA'))).toThrow(malformed);
    }
  });

  it('are refused when the public key was used as a shared secret', () => {
    const pem = keys.token.publicKey.export({ type: 'spki', format: 'pem' });
    for (const algorithm of ['HS256', 'HS512'] as const) expect(() => verify(signed(claims, { algorithm }, pem))).toThrow(malformed);
  });

  it('are refused with another algorithm of the same key', () => {
    for (const algorithm of ['RS512', 'PS256'] as const) expect(() => verify(signed(claims, { algorithm }))).toThrow(malformed);
  });

  it('are refused when their header offers a key of its own', () => {
    const jwk = keys.audit.publicKey.export({ format: 'jwk' });
    expect(() => verify(unsigned({ alg: 'EdDSA', typ: 'JWT', jwk }, claims, 'AAAA'))).toThrow(malformed);
  });

  it('are refused with any one character changed', () => {
    fc.assert(fc.property(fc.nat(good.length - 1), fc.constantFrom('A', 'Z', 'a', 'z', '0', '9', '-', '_'), (at, letter) => {
      const changed = good.slice(0, at) + letter + good.slice(at + 1);
      // The last character of each part holds spare bits that say nothing.
      const isSame = changed === good || ['.', undefined].includes(good[at + 1]);
      if (!isSame) expect(() => verify(changed)).toThrow(/token/i);
    }));
  });

  it('end in a refusal and nothing else, whatever text is sent', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.array(fc.string(), { minLength: 3, maxLength: 3 }).map((parts) => parts.join('.'))), (text) => {
      expect(() => verify(text)).toThrow(expect.objectContaining({ kind: 'unauthenticated' }));
    }));
    expect(() => verify('a'.repeat(9_000))).toThrow('longer than 8192 characters');
  });
});
