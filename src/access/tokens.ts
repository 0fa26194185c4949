import type { KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { z } from 'zod';
import type { Config } from '../config.ts';
import { ServiceError } from '../errors.ts';
import { isId } from '../fhir/resource.ts';
import type { Keys } from '../services.ts';
import { type Caller, ROLES, type Role } from './caller.ts';

/** The part of a Caller that its token says, the same for every request made with it. */
export type Identity = Pick<Caller, 'role' | 'subject' | 'name' | 'source' | 'facility' | 'scopes'>;
/** `expiresAt` is in epoch ms. */
export interface VerifiedToken { readonly identity: Identity; readonly expiresAt: number }

export const DEFAULT_SCOPES: Record<Role, readonly string[]> = {
  source: ['intake.push', 'intake.list', 'identity.match', 'recognition.notices'],
  clinician: ['user/*.rs', 'identity.match', 'recognition.ask', 'recognition.answer', 'figures.read'],
  auditor: ['user/AuditEvent.rs'],
  operator: [
    'intake.list', 'intake.replay', 'intake.review', 'terminology.read', 'terminology.propose', 'terminology.approve',
    'identity.read', 'identity.decide', 'recognition.read', 'recognition.propose', 'recognition.approve', 'figures.read',
  ],
  manager: ['figures.read'],
  system: ['system/*.cruds', 'identity.match'],
};

const ALGORITHM = 'RS256';
/** Clocks of two machines may differ by this much. */
const CLOCK_TOLERANCE_SECONDS = 30;
const MAX_TOKEN_LENGTH = 8_192;

const printable = (max: number) => z.string().min(1).max(max).regex(/^[^\p{Cc}]+$/u);
const claims = z.object({
  sub: printable(128),
  name: printable(200).optional(),
  role: z.enum(ROLES),
  scope: z.string().max(4_000),
  source: z.string().refine(isId).optional(),
  facility: z.string().refine(isId).optional(),
  exp: z.number().int(),
});

/**
 * Signs a token of the embedded issuer.
 *
 * @param lifetimeSeconds from `now` on
 */
export function issueToken(keys: Keys, config: Pick<Config, 'baseUrl'>, identity: Identity, at: { readonly now: Date; readonly lifetimeSeconds: number }): string {
  const issuedAt = Math.floor(at.now.getTime() / 1000);
  const { subject, scopes, ...rest } = identity;
  const payload = { ...rest, scope: scopes.join(' '), sub: subject, iss: issuerOf(config), aud: audienceOf(config), iat: issuedAt, exp: issuedAt + at.lifetimeSeconds };
  return jwt.sign(payload, keys.token.privateKey, { algorithm: ALGORITHM });
}

/**
 * Checks signature, issuer, audience, times and claims. The algorithm is pinned, so that neither an unsigned token nor one
 * signed with the public key as a shared secret passes.
 *
 * @throws ServiceError 'unauthenticated' with a sentence that says what is wrong
 */
export function verifyToken(keys: Keys, config: Pick<Config, 'baseUrl'>, token: string, now: Date): VerifiedToken {
  if (token.length > MAX_TOKEN_LENGTH) throw new ServiceError('unauthenticated', `The token is longer than ${MAX_TOKEN_LENGTH} characters`);
  const parsed = claims.safeParse(verifySignature(keys.token.publicKey, config, token, now));
  if (!parsed.success) {
    const names = [...new Set(parsed.error.issues.map((issue) => issue.path.join('.')))].join(', ');
    throw new ServiceError('unauthenticated', `The token has a missing or illegal claim: ${names}`);
  }
  const { sub, name, role, scope, source, facility, exp } = parsed.data;
  const identity = { role, subject: sub, name, source, facility, scopes: scope.split(' ').filter((part) => part !== '') };
  return { identity, expiresAt: (exp + CLOCK_TOLERANCE_SECONDS) * 1000 };
}

function verifySignature(key: KeyObject, config: Pick<Config, 'baseUrl'>, token: string, now: Date): unknown {
  try {
    return jwt.verify(token, key, {
      algorithms: [ALGORITHM],
      issuer: issuerOf(config),
      audience: audienceOf(config),
      clockTimestamp: Math.floor(now.getTime() / 1000),
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
    });
  } catch (error) {
    throw new ServiceError('unauthenticated', causeOf(error), [], { cause: error });
  }
}

/** The library's own words may quote what the token holds; the caller gets one of these sentences. */
function causeOf(error: unknown): string {
  if (error instanceof jwt.TokenExpiredError) return 'The token has expired';
  if (error instanceof jwt.NotBeforeError) return 'The token is not valid yet';
  const message = error instanceof Error ? error.message : '';
  if (message.startsWith('jwt audience')) return 'The token was issued for another audience';
  if (message.startsWith('jwt issuer')) return 'The token was issued by another issuer';
  return 'The token is malformed or not signed by this exchange';
}

function issuerOf({ baseUrl }: Pick<Config, 'baseUrl'>): string {
  return `${baseUrl ?? 'https://bund.example'}/issuer`;
}

function audienceOf({ baseUrl }: Pick<Config, 'baseUrl'>): string {
  return `${baseUrl ?? 'https://bund.example'}/fhir`;
}
