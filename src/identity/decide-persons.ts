import type { Caller } from '../access/index.ts';
import { authorize } from '../access/index.ts';
import { traceChange } from '../audit/index.ts';
import { isOvertaken, ServiceError } from '../errors.ts';
import { inLine } from '../in-line.ts';
import type { Services } from '../services.ts';
import type { Assumption, Change } from '../store/store.ts';
import { contradictingDecisions } from './contradicting-decisions.ts';
import type { Pair, PersonDecision, Verdict } from './decision.ts';
import { DECISION_TYPE, decisionIdOf, decisionResource, pairOf, parseDecision } from './decision.ts';
import { activeDecisions } from './find-decisions.ts';
import { personChanges } from './person-changes.ts';
import { type Step, stepOf } from '../step.ts';

export interface Judged { readonly patients: Pair; readonly verdict: Verdict }
export interface DecisionAsked {
  /** One or several pairs of records, by logical ids. */
  readonly judged: readonly Judged[];
  readonly reason: string;
  /** Logical id of the review that is answered. */
  readonly review?: string | undefined;
}

/** Others may decide about the same persons, and sources push meanwhile. */
const TRIES = 20;
/** So many records hang together by decisions at most. */
const MOST_DECIDED = 200;

/**
 * Writes down what a human holds of records, and forms their persons by it in the same commit. It wins over every weight, also
 * over those of later records, until it is withdrawn. No data moves.
 *
 * @returns the decisions as they are in force, in the order in which they were asked
 * @throws ServiceError 'forbidden'; 'invalid' for a Patient that is not there; 'rule-broken' that names what is decided otherwise
 */
export async function decidePersons(services: Services, caller: Caller, asked: DecisionAsked): Promise<readonly PersonDecision[]> {
  await authorize(services, caller, { action: 'identity-decide' });
  return settled(services, asked.judged.flatMap(({ patients }) => patients), async () => {
    await requirePatients(services, asked);
    const known = await decisionsAround(services, asked.judged.flatMap(({ patients }) => patients));
    const step = stepOf(services, caller, asked.reason);
    const decisions = await decisionsFor(services, asked, { active: known.active, step });
    const fresh = decisions.filter(({ isNew }) => isNew);
    await commit(services, caller, { interaction: 'identity-decide', decisions: fresh, assuming: known.assuming });
    return decisions.map(({ decision }) => decision);
  });
}

/**
 * Takes a decision back: its records are joined and held apart by what else is known of them, as if it had never been.
 *
 * @throws ServiceError 'forbidden'; 'not-found'; 'rule-broken' for one that is withdrawn already
 */
export async function withdrawDecision(services: Services, caller: Caller, { id, reason }: { readonly id: string; readonly reason: string }): Promise<PersonDecision> {
  await authorize(services, caller, { action: 'identity-decide' });
  const { decision: first } = await readDecision(services, id);
  return settled(services, first.patients, async () => {
    const { decision, version } = await readDecision(services, id);
    if (decision.status === 'withdrawn') throw new ServiceError('rule-broken', 'The decision is withdrawn already');
    const withdrawn: PersonDecision = { ...decision, status: 'withdrawn', withdrawn: stepOf(services, caller, reason) };
    await commit(services, caller, { interaction: 'identity-withdraw', decisions: [{ decision: withdrawn, version }], assuming: [] });
    return withdrawn;
  });
}

/** @throws ServiceError 'not-found' */
export async function readDecision({ store }: Pick<Services, 'store'>, id: string): Promise<{ readonly decision: PersonDecision; readonly version: number }> {
  const stored = await store.read({ type: DECISION_TYPE, id });
  if (stored === undefined || stored.deleted) throw new ServiceError('not-found', 'There is no decision of this id');
  return { decision: parseDecision(stored.body), version: stored.version };
}

async function requirePatients({ store }: Services, { judged }: DecisionAsked): Promise<void> {
  const ids = [...new Set(judged.flatMap(({ patients }) => patients))];
  const live = new Set((await store.readMany(ids.map((id) => ({ type: 'Patient', id })))).filter((item) => !item.deleted).map((item) => item.id));
  const missing = ids.filter((id) => !live.has(id));
  if (missing.length > 0) throw new ServiceError('invalid', 'A record is not there', missing.map((id) => ({ severity: 'error', code: 'not-found', diagnostics: `There is no Patient/${id}`, expression: 'patients' })));
}

/** All decisions in force that hang together with some records, and that there are no others. */
async function decisionsAround(services: Services, patients: readonly string[]): Promise<{ readonly active: readonly PersonDecision[]; readonly assuming: readonly Assumption[] }> {
  const active = new Map<string, PersonDecision>();
  const assuming: Assumption[] = [];
  const seen = new Set<string>();
  for (let open = [...new Set(patients)]; open.length > 0;) {
    for (const patient of open) seen.add(patient);
    if (seen.size > MOST_DECIDED) throw new ServiceError('rule-broken', `More than ${MOST_DECIDED} records hang together by decisions; withdraw those that are wrong first`);
    const found = await activeDecisions(services, open);
    assuming.push(found.assumption);
    for (const decision of found.decisions) active.set(decision.id, decision);
    open = [...new Set(found.decisions.filter(({ verdict }) => verdict === 'same').flatMap((decision) => decision.patients))].filter((patient) => !seen.has(patient));
  }
  return { active: [...active.values()], assuming };
}

interface Planned { readonly decision: PersonDecision; readonly version: number; readonly isNew: boolean }

async function decisionsFor(services: Services, { judged, review }: DecisionAsked, { active, step }: { readonly active: readonly PersonDecision[]; readonly step: Step }): Promise<readonly Planned[]> {
  const versions = new Map((await services.store.readMany(judged.map(({ patients }) => ({ type: DECISION_TYPE, id: decisionIdOf(patients) })))).map((item) => [item.id, item.version]));
  const standing = [...active];
  return judged.map(({ patients, verdict }) => {
    const id = decisionIdOf(patients);
    const current = standing.find((decision) => decision.id === id);
    if (current?.verdict === verdict) return { decision: current, version: versions.get(id) ?? 0, isNew: false };
    if (current !== undefined) throw contradiction({ patients, verdict }, [current]);
    const others = contradictingDecisions({ patients, verdict }, standing);
    if (others.length > 0) throw contradiction({ patients, verdict }, others);
    const decision: PersonDecision = { id, patients, verdict, status: 'active', decided: step, ...(review === undefined ? {} : { review }) };
    standing.push(decision);
    return { decision, version: versions.get(id) ?? 0, isNew: true };
  });
}

function contradiction({ patients: [a, b], verdict }: Judged, others: readonly PersonDecision[]): ServiceError {
  const named = others.map(({ id, patients: [one, other], verdict: said }) => `Patient/${one} and Patient/${other} are ${said === 'same' ? 'one person' : 'two persons'} (${id})`).join(', ');
  const sentence = `That Patient/${a} and Patient/${b} are ${verdict === 'same' ? 'one person' : 'two persons'} would contradict what is decided: ${named}. Withdraw what is wrong first`;
  return new ServiceError('rule-broken', sentence, [{ severity: 'error', code: 'business-rule', diagnostics: sentence, expression: 'verdict' }]);
}

interface Commit { readonly interaction: string; readonly decisions: readonly { readonly decision: PersonDecision; readonly version: number }[]; readonly assuming: readonly Assumption[] }

/** Decisions, the persons formed by them, and the trace: all or none. */
async function commit(services: Services, caller: Caller, { interaction, decisions, assuming }: Commit): Promise<void> {
  const patients = [...new Set(decisions.flatMap(({ decision }) => decision.patients))];
  const persons = decisions.length === 0 ? { changes: [], assuming: [] } : await personChanges(services, { touched: patients, decided: decisions.map(({ decision }) => decision) });
  const changed = persons.changes.flatMap((change) => (change.kind === 'put' ? [`${change.resource.resourceType}/${change.resource.id}`] : []));
  const changes: Change[] = [
    ...decisions.map(({ decision, version }) => ({ kind: 'put' as const, resource: decisionResource(decision), expectedVersion: version })),
    ...persons.changes,
    traceChange(services, caller, {
      action: 'update', interaction, outcome: 'success', resources: [...decisions.map(({ decision }) => `${DECISION_TYPE}/${decision.id}`), ...changed], patients: patients.map((id) => `Patient/${id}`),
    }),
  ];
  await services.store.commit(changes, { assuming: [...assuming, ...persons.assuming] });
}

/** Decides over what is stored, and again when somebody else was faster. */
function settled<T>(services: Services, patients: readonly string[], attempt: () => Promise<T>): Promise<T> {
  return inLine(services, [...new Set(patients)], async () => {
    for (let count = 1; ; count++) {
      try {
        return await attempt();
      } catch (error) {
        if (count === TRIES || !isOvertaken(error)) throw error;
      }
    }
  });
}

/** @throws ServiceError 'invalid' for one record twice */
export function judgedPair(a: string, b: string, verdict: Verdict): Judged {
  if (a === b) throw new ServiceError('invalid', 'The two records are one', [{ severity: 'error', code: 'invalid', diagnostics: 'A decision is about two different Patients', expression: 'patients' }]);
  return { patients: pairOf(a, b), verdict };
}
