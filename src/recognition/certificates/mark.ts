import { foldText } from '../../fhir/search/fold.ts';
import { districtDay, holdsOn } from '../catalogue/days.ts';
import type { Scope } from '../rules/catalogue-item.ts';
import { SCOPE_LEVELS } from '../rules/catalogue-item.ts';
import type { Certificate, Mark, Round } from '../rules/certificate.ts';

/** Acceptable results of 100 with which a round is passed. */
export const PASSING_SCORE = 80;
/** The last rounds that count, and how many of them may not be failed. */
const ROUNDS_THAT_COUNT = 3;
const FAILED_ROUNDS = 2;

/** How and when a result was made. Instants are ISO 8601 with an offset or `Z`. */
export interface Reported {
  readonly reportedAt: string;
  readonly method: string | undefined;
  readonly instrument: string | undefined;
}

/**
 * Whether an institution passes: it passed at least one round, and failed fewer than two of the last three, of which two in
 * succession are a case. Who has taken part in none has shown nothing.
 *
 * @param rounds oldest first
 */
export function passesRounds(rounds: readonly Round[]): boolean {
  const last = rounds.slice(-ROUNDS_THAT_COUNT);
  const failed = last.filter(({ score }) => score < PASSING_SCORE).length;
  return failed < last.length && failed < FAILED_ROUNDS;
}

/**
 * Whether a certificate held for a result when that was reported: within its days, before a recall, with rounds passed, and by
 * the method and instrument that were assessed, where it names any. A result that does not say its method is of none; few say
 * their instrument.
 *
 * @param offsetMinutes of the district's time, in which days are meant
 */
export function certificateHolds(certificate: Certificate, { reportedAt, method, instrument }: Reported, offsetMinutes?: number): boolean {
  const at = Date.parse(reportedAt);
  if (Number.isNaN(at)) return false;
  const { recalled } = certificate;
  return holdsOn(certificate.valid, districtDay(reportedAt, offsetMinutes))
    && (recalled === undefined || at < Date.parse(recalled.at))
    && passesRounds(certificate.rounds)
    && (certificate.method === undefined || (method !== undefined && isSame(certificate.method, method)))
    && (certificate.instrument === undefined || instrument === undefined || isSame(certificate.instrument, instrument));
}

/** Whether a certificate may still be relied on: after a recall nothing new is recognised by it, whenever the result was reported. */
export function isRecalled({ recalled }: Pick<Certificate, 'recalled'>, now: Date): boolean {
  return recalled !== undefined && Date.parse(recalled.at) <= now.getTime();
}

function isSame(assessed: string, used: string): boolean {
  return foldText(assessed.trim()) === foldText(used.trim());
}

/**
 * The mark that a result carries: of the certificates that held when it was reported the one of the widest scope.
 *
 * @param certificates of any institution and item
 * @param scopes finds a scope by its id
 * @returns undefined where none held
 */
export function markOf(certificates: readonly Certificate[], result: Reported & { readonly organization: string; readonly item: string }, scopes: (id: string) => Scope | undefined, offsetMinutes?: number): Mark | undefined {
  let best: { readonly mark: Mark; readonly width: number } | undefined;
  for (const certificate of certificates) {
    const scope = scopes(certificate.scope);
    if (certificate.organization !== result.organization || certificate.item !== result.item || scope === undefined || !certificateHolds(certificate, result, offsetMinutes)) continue;
    const width = SCOPE_LEVELS.indexOf(scope.level);
    if (best === undefined || width < best.width) best = { mark: { certificate: certificate.id, scope: scope.id, label: scope.label }, width };
  }
  return best?.mark;
}
