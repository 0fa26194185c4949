import { actionOf, recordTrace } from '../audit/index.ts';
import { ServiceError } from '../errors.ts';
import type { Services } from '../services.ts';
import type { Caller } from './caller.ts';
import { factsOf } from './care-relation.ts';
import { CARE_RELATION, decide } from './decide.ts';
import type { AccessRequest, Permit } from './request.ts';

/**
 * Asks for leave. The limits of the permit are part of the query, never a filter after it.
 *
 * @throws ServiceError 'forbidden' with the reason, after the denial is durable in the trace
 */
export async function authorize(services: Services, caller: Caller, request: AccessRequest): Promise<Permit> {
  const decision = decide(caller, request, await factsOf(services, caller, request));
  if (decision.permitted) return decision.permit;
  await recordTrace(services, caller, {
    action: actionOf(request.action),
    interaction: request.action,
    outcome: 'refused',
    reason: decision.reason,
    ...(request.type !== undefined && request.id !== undefined ? { resources: [`${request.type}/${request.id}`] } : {}),
    ...(request.patients !== undefined ? { patients: request.patients.map((id) => `Patient/${id}`) } : {}),
    ...(request.query !== undefined ? { query: request.query } : {}),
    ...(caller.breakGlass !== undefined ? { breakGlass: caller.breakGlass } : {}),
  });
  throw new ServiceError('forbidden', decision.reason);
}

/**
 * Of resources that a page would include besides its matches, those that the caller could read by themselves or that the
 * broken glass of the permit covers. Nothing is traced: what is left out is not disclosed.
 */
export async function disclosable<T extends Disclosure>(services: Services, caller: Caller, permit: Permit, candidates: readonly T[]): Promise<T[]> {
  const opened = new Set(permit.breakGlass?.patients);
  // The glass was broken for the person that the query names, not for whoever the page leads to.
  const unbroken = { ...caller, breakGlass: undefined };
  const isReadable = async ({ type, patients }: Disclosure): Promise<boolean> => {
    const request: AccessRequest = { action: 'read', type, patients };
    const isOpened = patients.length > 0 && patients.every((patient) => opened.has(patient));
    return decide(unbroken, request, isOpened ? CARE_RELATION : await factsOf(services, unbroken, request)).permitted;
  };
  const answers = new Map<string, Promise<boolean>>();
  const judge = (candidate: Disclosure): Promise<boolean> => {
    const key = `${candidate.type} ${candidate.patients.join(' ')}`;
    const answer = answers.get(key) ?? isReadable(candidate);
    answers.set(key, answer);
    return answer;
  };
  const verdicts = await Promise.all(candidates.map(judge));
  return candidates.filter((_, index) => verdicts[index] === true);
}

/** A resource as far as its disclosure depends on it; `patients` are logical ids as in `IndexTerms.patients`. */
export interface Disclosure { readonly type: string; readonly patients: readonly string[] }
