import type { Action } from './request.ts';

/** What the scopes of a token allow, each token parsed once. */
export interface Grants {
  /** Letters of `cruds` by context and type, `user/Observation` or `system/*`. */
  readonly interactions: ReadonlyMap<string, string>;
  /** `intake.push` and its like. */
  readonly named: ReadonlySet<string>;
}

export type ScopeContext = 'user' | 'system';

/** The letter of a SMART v2 scope that an action needs. @see https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html */
const LETTERS: Partial<Record<Action, string>> = {
  read: 'r', vread: 'r', 'history-instance': 'r',
  'search-type': 's', 'history-type': 's', 'history-system': 's',
  create: 'c', update: 'u', delete: 'd',
};
/** Scopes of what is not a FHIR interaction. */
const NAMES: Partial<Record<Action, string>> = {
  intake: 'intake.push', 'intake-list': 'intake.list', 'intake-replay': 'intake.replay', 'intake-review': 'intake.review',
  'terminology-read': 'terminology.read', 'terminology-propose': 'terminology.propose', 'terminology-approve': 'terminology.approve',
  'identity-match': 'identity.match', 'identity-read': 'identity.read', 'identity-decide': 'identity.decide',
  'recognition-ask': 'recognition.ask', 'recognition-answer': 'recognition.answer', 'recognition-notices': 'recognition.notices',
  'recognition-read': 'recognition.read', 'recognition-propose': 'recognition.propose', 'recognition-approve': 'recognition.approve', 'figures-read': 'figures.read',
};

const FHIR_SCOPE = /^(user|system)\/([A-Z][A-Za-z]{0,63}|\*)\.(c?r?u?d?s?)$/;
const NAMED_SCOPES: ReadonlySet<string> = new Set(Object.values(NAMES));

const parsed = new WeakMap<readonly string[], Grants>();

/** Parses a token's scopes. One that is not understood, or that is narrowed by a query this gateway cannot enforce, grants nothing. */
export function parseScopes(scopes: readonly string[]): Grants {
  const known = parsed.get(scopes);
  if (known !== undefined) return known;
  const interactions = new Map<string, string>();
  for (const scope of scopes) {
    const [, context, type, letters] = FHIR_SCOPE.exec(scope) ?? [];
    if (context === undefined || type === undefined || letters === undefined || letters === '') continue;
    const target = `${context}/${type}`;
    interactions.set(target, (interactions.get(target) ?? '') + letters);
  }
  const grants = { interactions, named: new Set(scopes.filter((scope) => NAMED_SCOPES.has(scope))) };
  parsed.set(scopes, grants);
  return grants;
}

/**
 * The scope that the action still lacks, or undefined when the grants cover it. `validate`, `batch` and `transaction` need none:
 * the first discloses and stores nothing, each entry of the others is judged by itself.
 *
 * @param type undefined for what spans all types, which only a scope for `*` covers
 */
export function missingScope(grants: Grants, context: ScopeContext, action: Action, type: string | undefined): string | undefined {
  const name = NAMES[action];
  if (name !== undefined) return grants.named.has(name) ? undefined : name;
  const letter = LETTERS[action];
  if (letter === undefined) return undefined;
  const covers = (target: string): boolean => grants.interactions.get(`${context}/${target}`)?.includes(letter) ?? false;
  return covers('*') || (type !== undefined && covers(type)) ? undefined : `${context}/${type ?? '*'}.${letter}`;
}
