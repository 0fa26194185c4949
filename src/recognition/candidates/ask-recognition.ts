import type { Caller, Permit } from '../../access/index.ts';
import { authorize } from '../../access/index.ts';
import { isServiceError, ServiceError } from '../../errors.ts';
import { patientsOf, personsOf } from '../../identity/index.ts';
import type { Services } from '../../services.ts';
import type { DecisionRecord } from '../decisions/index.ts';
import { presentDecisions } from '../decisions/index.ts';
import { bestOf } from '../rules/assess-panel.ts';
import type { Institution } from '../rules/facts.ts';
import type { AskedOrder, AssessedOrder, Candidate } from './assess-orders.ts';
import { assessOrders } from './assess-orders.ts';
import type { Subject } from './gather-priors.ts';
import type { ReportGroup } from './group-by-report.ts';
import { groupsOf } from './group-by-report.ts';
import { institutionName } from './performers.ts';
import { trendOf } from './trend.ts';

/** What is asked about the orders of one patient. */
export interface Question {
  /** Logical id. */
  readonly patient: string;
  readonly orders: readonly AskedOrder[];
  /** How it came, for the trace: `recognition-ask`, or the name of a hook. */
  readonly interaction: string;
}

/** A report that is told, and what was decided about it so far; undefined where nothing is recorded. */
export interface ToldGroup extends ReportGroup { readonly decision: DecisionRecord | undefined }

export interface Told {
  readonly orders: readonly AssessedOrder[];
  readonly groups: readonly ToldGroup[];
  readonly now: Date;
}

/**
 * Answers which prior results may stand in for the orders of a patient. What is told is recorded as presented, and traced, before
 * it is returned.
 *
 * @throws ServiceError 'forbidden' without a care relation, traced; 'rule-broken' for a caller whose institution is none of the region
 */
export async function askRecognition(services: Services, caller: Caller, question: Question): Promise<Told> {
  const permit = await authorize(services, caller, { action: 'recognition-ask', type: 'Patient', id: question.patient, patients: [question.patient] });
  const orderedBy = institutionOf(services, caller);
  try {
    return await tell(services, caller, { ...question, permit, orderedBy });
  } catch (error) {
    // A record was linked or unlinked between the look and the answer: what is told must be of the person as it is now.
    if (!isServiceError(error, 'conflict')) throw error;
    return tell(services, caller, { ...question, permit, orderedBy });
  }
}

/** The institution for which a caller asks. @throws ServiceError 'rule-broken' */
export function institutionOf({ recognition }: Services, { facility }: Caller): Institution {
  const institution = facility === undefined ? undefined : recognition.institution(facility);
  if (institution === undefined) throw new ServiceError('rule-broken', 'The caller works at no institution that the catalogue of recognition knows; its members are listed in profiles/recognition/scopes.json');
  return institution;
}

/** All records of the person, each of which is certainly theirs: others are not linked. */
export async function subjectOf(services: Services, patient: string): Promise<Subject> {
  const { persons } = await personsOf(services, [patient]);
  return { patient, patients: [...new Set([patient, ...patientsOf(persons)])] };
}

interface Permitted extends Question { readonly permit: Permit; readonly orderedBy: Institution }

async function tell(services: Services, caller: Caller, { patient, orders, interaction, permit, orderedBy }: Permitted): Promise<Told> {
  const now = services.clock();
  const assessed = orders.length === 0 ? [] : await assessOrders(services, orders, { subject: await subjectOf(services, patient), orderedBy, now });
  const tables: Parameters<typeof groupsOf>[1] = { priceOf: (...asked) => services.recognition.priceOf(...asked), nameOf: (organization) => institutionName(services, organization) };
  const groups = assessed.flatMap((order) => groupsOf(order, tables, { now, offsetMinutes: services.config.offsetMinutes }));
  const recorded = groups.filter(({ order }) => order.asked.isRecorded);
  const told = [...groups.flatMap(candidatesTold), ...assessed.flatMap(({ items }) => items.flatMap(({ candidates }) => bestOf(candidates) ?? []))];
  const decisions = await presentDecisions(services, caller, recorded.map(({ presentation }) => presentation), {
    action: 'operation', interaction, outcome: 'success',
    resources: [...new Set(told.flatMap(({ prior }) => (prior.report === undefined ? [prior.reference] : [prior.reference, prior.report])))],
    patients: [...new Set([patient, ...told.map(({ prior }) => prior.patient)])].map((id) => `Patient/${id}`),
    ...(permit.breakGlass === undefined ? {} : { breakGlass: permit.breakGlass }),
  });
  return { orders: assessed, groups: groups.map((group) => ({ ...group, decision: decisions[recorded.indexOf(group)] })), now };
}

/** The best of every item besides: also why a result does not do tells that there is one. */
function candidatesTold({ order, members }: ReportGroup): readonly Candidate[] {
  return members.flatMap(({ item, best }) => [best, ...trendOf(order, item, best)]);
}
