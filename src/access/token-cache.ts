import { ServiceError } from '../errors.ts';
import type { Services } from '../services.ts';
import { type Identity, verifyToken } from './tokens.ts';

/** A token that this process has verified. */
export interface KnownToken {
  readonly identity: Identity;
  /** Epoch ms. */
  readonly expiresAt: number;
  /** Settles when the login that its first use here is has been traced; undefined once it is. */
  login: Promise<void> | undefined;
}

const MAX_TOKENS = 10_000;

/** Verified tokens by their text, the oldest dropped first: a signature is checked once, not at every request. */
export class TokenCache {
  readonly #services: Pick<Services, 'keys' | 'config' | 'clock'>;
  readonly #known = new Map<string, KnownToken>();

  constructor(services: Pick<Services, 'keys' | 'config' | 'clock'>) {
    this.#services = services;
  }

  /**
   * @param traceLogin called when the token is used for the first time here; if it fails, the next use counts as the first
   * @throws ServiceError 'unauthenticated'
   */
  async identify(token: string, traceLogin: (identity: Identity) => Promise<void>): Promise<Identity> {
    const known = this.#known.get(token) ?? this.#add(token, traceLogin);
    if (known.login !== undefined) await known.login;
    if (known.expiresAt > this.#services.clock().getTime()) return known.identity;
    this.#known.delete(token);
    throw new ServiceError('unauthenticated', 'The token has expired');
  }

  #add(token: string, traceLogin: (identity: Identity) => Promise<void>): KnownToken {
    const { identity, expiresAt } = verifyToken(this.#services.keys, this.#services.config, token, this.#services.clock());
    const known: KnownToken = { identity, expiresAt, login: undefined };
    known.login = traceLogin(identity).then(() => { known.login = undefined; }, (error: unknown) => {
      this.#known.delete(token);
      throw error;
    });
    const [oldest] = this.#known.keys();
    if (this.#known.size >= MAX_TOKENS && oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(token, known);
    return known;
  }
}
