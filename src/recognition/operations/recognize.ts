import { authorize, type Caller } from '../../access/index.ts';
import { resourceOf } from '../../fhir/body.ts';
import type { JsonObject } from '../../fhir/resource.ts';
import { textOf } from '../../fhir/resource.ts';
import type { Services } from '../../services.ts';
import { askRecognition, institutionOf } from '../candidates/ask-recognition.ts';
import { askedOrderOf } from '../candidates/asked-order.ts';
import { idsOf } from '../candidates/elements.ts';
import { containedIn } from '../candidates/read-order.ts';
import { answerParameters } from './recognize-answer.ts';
import type { AskedFor } from './recognize-request.ts';
import { faulty, readRecognizeRequest } from './recognize-request.ts';

interface Order { readonly order: JsonObject; readonly stored: string | undefined; readonly path: string }

/**
 * `ServiceRequest/$recognize`: which prior results may stand in for orders of one patient. What it tells is recorded as presented, as
 * at order entry.
 *
 * @param body Parameters
 * @throws ServiceError 'invalid'; 'forbidden' also for an order that does not exist
 */
export async function recognize(services: Services, caller: Caller, body: unknown): Promise<JsonObject> {
  const { asked, patient: named, encounter } = readRecognizeRequest(body);
  const orders = await Promise.all(asked.map((one) => orderOf(services, one)));
  const patient = onePatient(orders, named);
  if (patient === undefined) await authorize(services, caller, { action: 'recognition-ask', type: 'Patient', patients: [] });
  const { organization } = institutionOf(services, caller);
  const [visit] = encounter === undefined ? [] : [`Encounter/${textOf(encounter['id'])}`];
  const told = await askRecognition(services, caller, {
    patient: patient ?? '', interaction: 'recognition-ask',
    orders: orders.map(({ order, stored }) => askedOrderOf(order, {
      patient: patient ?? '', organization, stored, encounter: visit ?? idsOf(order['encounter'], 'Encounter').map((id) => `Encounter/${id}`)[0],
      beside: { resources: new Map(containedIn(order)), encounter },
    }, services.recognition)),
  });
  return answerParameters(told);
}

async function orderOf({ store }: Services, asked: AskedFor): Promise<Order> {
  if (asked.kind !== 'stored') return { order: asked.order, stored: undefined, path: asked.path };
  const stored = await store.read({ type: 'ServiceRequest', id: asked.id });
  // Nobody is told whether there is an order that they may not know of: it is one of no patient.
  return { order: stored === undefined || stored.deleted ? {} : resourceOf(stored.body), stored: `ServiceRequest/${asked.id}`, path: asked.path };
}

/** Of whom all orders are. @throws ServiceError 'invalid' where they are of several */
function onePatient(orders: readonly Order[], named: string | undefined): string | undefined {
  const subjects = orders.map(({ order, stored, path }) => {
    const [patient] = idsOf(order['subject'], 'Patient');
    if (patient === undefined && stored === undefined && named === undefined) throw faulty(`${path}.subject`, 'The order must say for whom it is, as in Patient/p1');
    return { patient: patient ?? (stored === undefined ? named : undefined), path };
  });
  const first = named ?? subjects[0]?.patient;
  const other = subjects.find(({ patient }) => patient !== undefined && patient !== first);
  if (other !== undefined) throw faulty(`${other.path}.subject`, 'The orders are of several patients; ask about one at a time');
  return subjects.some(({ patient }) => patient === undefined) ? undefined : first;
}
