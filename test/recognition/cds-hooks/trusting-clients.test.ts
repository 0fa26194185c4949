import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { generateKeyPair, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { CALL_TYPE } from '../../../src/recognition/cds-hooks/call.ts';
import { sweepCalls } from '../../../src/recognition/cds-hooks/remember-call.ts';
import { STORES } from '../../http/server.ts';
import type { RecognitionServer, TokenChanges } from '../recognition-server.ts';
import { hookBody, ISSUER, startRecognitionServer } from '../recognition-server.ts';

const SIGN = '/cds-services/bund-order-sign';

describe.each(STORES)('trusting CDS clients on $name', ({ uri }) => {
  let server: RecognitionServer;
  beforeAll(async () => { server = await startRecognitionServer(uri); });
  afterAll(() => server.stop());

  const callWith = (token: string) => server.cds(SIGN, hookBody('order-sign', 'p1'), { Authorization: `Bearer ${token}` });
  const now = (): number => Math.floor(Date.now() / 1000);
  const refusedWith = async (changes: TokenChanges, sentence: RegExp): Promise<void> => {
    const answer = await callWith(await server.clientToken(server.url + SIGN, changes));
    assert.equal(answer.status, 401, answer.text);
    assert.match(answer.body.issue[0].diagnostics, sentence);
  };

  it('takes a token for the service, for its feedback, or for the list of services', async () => {
    for (const audience of [SIGN, `${SIGN}/feedback`, '/cds-services']) assert.equal((await callWith(await server.clientToken(server.url + audience))).status, 200);
  });

  it('takes a token once, by what is in the store', async () => {
    const token = await server.clientToken(server.url + SIGN);
    assert.equal((await callWith(token)).status, 200);
    const again = await callWith(token);
    assert.equal(again.status, 401);
    assert.match(again.body.issue[0].diagnostics, /used before/);
    // The id counts, not the token: another one with the same id is one too many.
    assert.equal((await callWith(await server.clientToken(server.url + SIGN, { claims: { jti: 'fixed' } }))).status, 200);
    await refusedWith({ claims: { jti: 'fixed', exp: now() + 120 } }, /used before/);
  });

  it('forgets used tokens once they have expired', async () => {
    await callWith(await server.clientToken(server.url + SIGN));
    const later = new Date(Date.now() + 2 * 3_600_000);
    assert.ok(await sweepCalls({ store: server.services.store, clock: () => later }) > 0);
    assert.equal(await server.services.store.count({ type: CALL_TYPE, where: [] }), 0);
  });

  it('refuses what is wrong with a token, in a sentence, and traces it', async () => {
    const { privateKey } = await generateKeyPair('ES384');
    const rsa = await generateKeyPair('PS256');
    await refusedWith({ claims: { aud: 'https://elsewhere.example' } }, /claim aud/);
    await refusedWith({ claims: { exp: now() - 60, iat: now() - 120 } }, /expired/);
    await refusedWith({ claims: { iat: now() + 600, exp: now() + 700 } }, /claim iat/);
    await refusedWith({ claims: { exp: now() + 86_400 } }, /no longer than 600 seconds/);
    await refusedWith({ claims: { jti: undefined } }, /claim jti/);
    await refusedWith({ claims: { jti: '' } }, /jti of 1 to 256/);
    await refusedWith({ key: privateKey }, /not signed by this client/);
    await refusedWith({ kid: 'unknown' }, /key that is not on the list/);
    await refusedWith({ key: rsa.privateKey, alg: 'PS256' }, /must be signed with ES384, RS384, RS256/);
    // Of an issuer that nobody knows, and without a signature: no token of the exchange either.
    await refusedWith({ claims: { iss: 'https://nobody.example' } }, /malformed or not signed/);
    const unsigned = new UnsecuredJWT({ iss: ISSUER, aud: server.url + SIGN, iat: now(), exp: now() + 60, jti: randomUUID() }).encode();
    assert.equal((await callWith(unsigned)).status, 401);
    const refused = await server.traces('110122');
    assert.ok(refused.some(({ outcome }) => outcome === '4' || outcome === '8'));
  });

  it('lets a client ask and bring answers, nothing else', async () => {
    const token = await server.clientToken(server.url + SIGN);
    const answer = await fetch(`${server.url}/fhir/Patient?_id=p1`, { headers: { Authorization: `Bearer ${token}` } });
    assert.equal(answer.status, 401);
  });

  it('asks nobody else for a key, whatever the token names', async () => {
    const token = await server.clientToken(server.url + SIGN, { claims: { jku: 'http://127.0.0.1:1/keys' } });
    assert.equal((await callWith(token)).status, 200);
  });

  it('survives whatever comes as a token', async () => {
    await fc.assert(fc.asyncProperty(fc.stringMatching(/^[A-Za-z0-9._=-]{0,80}$/), async (text) => {
      assert.equal((await callWith(text)).status, 401);
    }), { numRuns: 40 });
  });
});
