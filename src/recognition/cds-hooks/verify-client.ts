import { createLocalJWKSet, decodeJwt, errors, type JSONWebKeySet, jwtVerify, type JWTPayload } from 'jose';
import type { Identity } from '../../access/index.ts';
import { ServiceError } from '../../errors.ts';
import type { Services } from '../../services.ts';
import { rememberCall } from './remember-call.ts';

/** Pinned, so that no token chooses how it is checked. */
const ALGORITHMS = ['ES384', 'RS384', 'RS256'];
const CLOCK_TOLERANCE_SECONDS = 30;
/** A token is made for one call, and the specification lets it live for five minutes; clocks and queues get as much again. */
const LONGEST_LIFE_SECONDS = 600;
const MAX_TOKEN_LENGTH = 8_192;
/** An EMR asks about its orders and brings the answers of its physicians, nothing else. */
const SCOPES = ['recognition.ask', 'recognition.answer'];

type Client = NonNullable<ReturnType<typeof clientOf>>;

const keySets = new WeakMap<object, ReturnType<typeof createLocalJWKSet>>();

/**
 * Finds out which institution's EMR calls, by the token that it made for this call. Its keys are those of the source's
 * description; nothing is fetched from an address that a token names.
 *
 * @param audiences addresses of the service that is called
 * @returns undefined for a token that no client of the list claims to have issued
 * @throws ServiceError 'unauthenticated' with a sentence that says what is wrong
 * @see https://cds-hooks.hl7.org/2.0/#trusting-cds-clients
 */
export async function verifyClient(services: Services, token: string, audiences: readonly string[]): Promise<Identity | undefined> {
  const client = clientOf(services, token);
  if (client === undefined) return undefined;
  const claims = await verified(client, token, { audiences, now: services.clock() });
  const { jti, exp = 0, iat = 0 } = claims;
  if (typeof jti !== 'string' || jti === '' || jti.length > 256) throw refused('The token must have a jti of 1 to 256 characters');
  if (exp - iat > LONGEST_LIFE_SECONDS) throw refused(`The token must live no longer than ${LONGEST_LIFE_SECONDS} seconds: one is made for each call`);
  const isNew = await rememberCall(services, { issuer: client.iss, jti, until: (exp + CLOCK_TOLERANCE_SECONDS) * 1000 });
  if (!isNew) throw refused('The token was used before: one is made for each call');
  // Which of its users asks, the request says.
  return { role: 'clinician', subject: client.iss.slice(0, 128), name: undefined, source: client.source, facility: client.organization, scopes: SCOPES };
}

function clientOf({ sources }: Services, token: string) {
  const issuer = token.length > MAX_TOKEN_LENGTH ? undefined : issuerOf(token);
  const source = issuer === undefined ? undefined : [...sources.values()].find(({ cdsClient }) => cdsClient?.iss === issuer);
  return source?.cdsClient === undefined ? undefined : { ...source.cdsClient, source: source.id, organization: source.organization.id };
}

/** Only to know whose keys to try: nothing of it is believed. */
function issuerOf(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    return undefined;
  }
}

async function verified({ iss, jwks }: Client, token: string, { audiences, now }: { readonly audiences: readonly string[]; readonly now: Date }): Promise<JWTPayload> {
  const keys = keySets.get(jwks) ?? createLocalJWKSet(keySetOf(jwks));
  keySets.set(jwks, keys);
  try {
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ALGORITHMS, issuer: iss, audience: [...audiences], currentDate: now, clockTolerance: CLOCK_TOLERANCE_SECONDS,
      maxTokenAge: LONGEST_LIFE_SECONDS, requiredClaims: ['iss', 'aud', 'exp', 'iat', 'jti'],
    });
    return payload;
  } catch (error) {
    throw new ServiceError('unauthenticated', causeOf(error), [], { cause: error });
  }
}

function keySetOf({ keys }: Client['jwks']): JSONWebKeySet {
  return { keys: keys.map((key) => ({ ...key, kty: String(key['kty']) })) };
}

/** The library's own words may quote what the token holds. */
function causeOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'The token has expired';
  if (error instanceof errors.JWTClaimValidationFailed) return `The claim ${error.claim} of the token is missing or wrong`;
  if (error instanceof errors.JWKSNoMatchingKey) return 'The token is signed by a key that is not on the list of this client';
  if (error instanceof errors.JOSEAlgNotAllowed) return `The token must be signed with ${ALGORITHMS.join(', ')}`;
  return 'The token is malformed, or not signed by this client';
}

function refused(message: string): ServiceError {
  return new ServiceError('unauthenticated', message);
}
