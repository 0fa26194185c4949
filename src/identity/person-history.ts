import type { Caller } from '../access/index.ts';
import { authorize } from '../access/index.ts';
import { recordTrace } from '../audit/index.ts';
import { ServiceError } from '../errors.ts';
import type { Clause } from '../fhir/search/query.ts';
import { MAX_PAGE_SIZE } from '../fhir/search/query.ts';
import type { Services } from '../services.ts';
import type { Page } from '../store/store.ts';
import type { Verdict } from './decision.ts';
import { DECISION_TYPE, parseDecision } from './decision.ts';
import type { PatientLink } from './person.ts';
import { parsePerson } from './person.ts';
import type { Step } from '../step.ts';

/** What a Person was from an instant on, and which records joined or left it then. */
export interface PersonVersion {
  readonly version: number;
  readonly at: string;
  readonly links: readonly { readonly patient: string; readonly rule: string | undefined; readonly score: number | undefined }[];
  readonly joined: readonly string[];
  readonly left: readonly string[];
}

/** What somebody decided about records that are or were of the person. */
export interface DecisionStep extends Step { readonly decision: string; readonly patients: readonly string[]; readonly did: Verdict | 'withdrew' }

/** How the link set of a person came about, the newest first. */
export interface PersonHistory {
  readonly person: string;
  readonly versions: readonly PersonVersion[];
  readonly decisions: readonly DecisionStep[];
}

/** More versions than this are not told at once. */
const MOST_VERSIONS = 200;

/**
 * Who decided what about a person, when and why, and how its records changed.
 *
 * @param id logical id of the Person
 * @throws ServiceError 'forbidden'; 'not-found'
 */
export async function personHistory(services: Services, caller: Caller, id: string): Promise<PersonHistory> {
  await authorize(services, caller, { action: 'identity-read' });
  const { items } = await services.store.history({ type: 'Person', id, limit: MOST_VERSIONS });
  if (items.length === 0) throw new ServiceError('not-found', 'There is no person of this id');
  const versions = versionsOf(items);
  const patients = [...new Set(versions.flatMap(({ links, left }) => [...links.map(({ patient }) => patient), ...left]))];
  const decisions = await decisionSteps(services, patients);
  await recordTrace(services, caller, { action: 'read', interaction: 'identity-read', outcome: 'success', resources: [`Person/${id}`], patients });
  return { person: id, versions, decisions };
}

function versionsOf(items: Page['items']): readonly PersonVersion[] {
  const known = items.map(({ version, lastUpdated, deleted, body }) => ({ version, at: lastUpdated, links: deleted ? [] : parsePerson(body).links }));
  return known.map(({ version, at, links }, place) => {
    const before = known[place + 1]?.links ?? [];
    return { version, at, links: links.map(viewOf), joined: without(links, before), left: without(before, links) };
  });
}

function viewOf({ patient, evidence }: PatientLink): PersonVersion['links'][number] {
  return { patient: `Patient/${patient}`, rule: evidence?.rule, score: evidence?.score };
}

function without(links: readonly PatientLink[], others: readonly PatientLink[]): readonly string[] {
  return links.filter((link) => !others.some(({ patient }) => patient === link.patient)).map(({ patient }) => `Patient/${patient}`);
}

/** Each version of each decision is a step. */
async function decisionSteps({ store }: Services, references: readonly string[]): Promise<readonly DecisionStep[]> {
  const anyOf = references.map((reference) => ({ type: 'Patient', id: reference.slice('Patient/'.length) }));
  if (anyOf.length === 0) return [];
  const where: readonly Clause[] = [{ kind: 'reference', param: 'about', anyOf }];
  const { items } = await store.search({ type: DECISION_TYPE, where, sort: [], limit: MAX_PAGE_SIZE });
  const histories = await Promise.all(items.map(({ id }) => store.history({ type: DECISION_TYPE, id, limit: MOST_VERSIONS })));
  return histories.flatMap((history) => history.items.filter((item) => !item.deleted).map(({ body }) => parseDecision(body)))
    .map(({ id, patients, verdict, decided, withdrawn }): DecisionStep => ({ decision: id, patients: patients.map((patient) => `Patient/${patient}`), did: withdrawn === undefined ? verdict : 'withdrew', ...(withdrawn ?? decided) }))
    .sort((a, b) => (a.at < b.at ? 1 : -1));
}
