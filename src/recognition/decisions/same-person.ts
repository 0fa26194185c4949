import { Decided } from './conflicts.ts';
import { personsOf } from '../../identity/index.ts';
import type { Services } from '../../services.ts';
import type { Assumption } from '../../store/store.ts';
import type { DecisionRecord } from './decision-record.ts';

type Concerned = Pick<DecisionRecord, 'order' | 'prior'>;

/**
 * That the records of the orders and of the prior results are of one person each, as assumptions for the commit that rests on it:
 * of an order and the undoing of a link at one moment, one comes first.
 *
 * @throws ServiceError 'conflict' where they are of several persons now
 */
export async function assumeSamePerson(services: Services, decisions: readonly Concerned[]): Promise<readonly Assumption[]> {
  const groups = Map.groupBy(decisions.filter(isAcrossRecords), ({ order }) => order.patient);
  return Promise.all([...groups].map(async ([patient, concerned]) => {
    const patients = [...new Set([patient, ...concerned.flatMap(({ prior }) => prior.patients)])];
    const { persons, assumption } = await personsOf(services, patients);
    const isOne = persons.length === 1 && patients.every((one) => persons[0]?.links.some((link) => link.patient === one));
    if (!isOne) throw new Decided('The order and the prior result are no longer of one person; ask again');
    return assumption;
  }));
}

/** Whether the order and the results are of one person now. */
export async function areOfOnePerson(services: Services, decision: Concerned): Promise<boolean> {
  if (!isAcrossRecords(decision)) return true;
  const patients = [...new Set([decision.order.patient, ...decision.prior.patients])];
  const { persons } = await personsOf(services, patients);
  return persons.length === 1 && patients.every((one) => persons[0]?.links.some((link) => link.patient === one));
}

function isAcrossRecords({ order, prior }: Concerned): boolean {
  return prior.patients.some((patient) => patient !== order.patient);
}
