import { resourceOf } from '../../fhir/body.ts';
import type { JsonObject, Resource } from '../../fhir/resource.ts';
import { objectsOf, textOf } from '../../fhir/resource.ts';
import { patientsOf, personsOf } from '../../identity/index.ts';
import type { Services } from '../../services.ts';
import type { Change, Stored } from '../../store/store.ts';
import type { DecisionRecord } from './decision-record.ts';
import { compound, compoundsOf, part } from './extensions.ts';

/** Of R4: why a request has its status. @see https://hl7.org/fhir/R4/extension-request-statusreason.html */
const STATUS_REASON_URL = 'http://hl7.org/fhir/StructureDefinition/request-statusReason';
const STATUS_REASON_SYSTEM = 'https://bund.example/CodeSystem/status-reason';
const INSTEAD = 'recognised-instead';

/** Orders of which something is still to be done. */
const OPEN: ReadonlySet<string> = new Set(['draft', 'active', 'on-hold', 'unknown']);

/** What a step does to the stored order. `revokedFrom` goes into the decision. */
export interface OrderStep {
  readonly outcome: 'revoked' | 'restored' | 'untouched' | undefined;
  readonly changes: readonly Change[];
  readonly reference: string | undefined;
  readonly revokedFrom: string | undefined;
}

const NOTHING: OrderStep = { outcome: undefined, changes: [], reference: undefined, revokedFrom: undefined };

/** Revokes the order of an accepted decision, where the exchange has it and nothing of it is left to be done. */
export async function revokeOrder(services: Services, record: DecisionRecord): Promise<OrderStep> {
  if (!record.coversOrder) return NOTHING;
  const stored = await findOrder(services, record);
  if (stored === undefined) return NOTHING;
  const order = resourceOf(stored.body);
  const status = textOf(order['status']);
  if (!OPEN.has(status)) return { ...NOTHING, outcome: 'untouched', reference: referenceOf(stored), revokedFrom: revokedFromOf(order, record.id) };
  const reason = { coding: [{ system: STATUS_REASON_SYSTEM, code: 'result-recognised' }], text: `已互认外院结果 ${record.name.zh}` };
  const extension = [
    ...withoutOurs(order),
    { url: STATUS_REASON_URL, valueCodeableConcept: reason },
    ...compound(INSTEAD, [part('decision', 'Reference', { reference: `DetectedIssue/${record.id}` }), part('previousStatus', 'Code', status)]),
  ];
  return { outcome: 'revoked', changes: [putOf(stored, { ...order, extension, status: 'revoked' })], reference: referenceOf(stored), revokedFrom: status };
}

/** Puts back an order that this decision revoked. One that somebody else has changed since stays as it is. */
export async function restoreOrder(services: Services, record: DecisionRecord): Promise<OrderStep> {
  if (record.revokedFrom === undefined) return NOTHING;
  const stored = await findOrder(services, record);
  if (stored === undefined) return NOTHING;
  const order = resourceOf(stored.body);
  const previous = revokedFromOf(order, record.id);
  if (previous === undefined || textOf(order['status']) !== 'revoked') return { ...NOTHING, outcome: 'untouched', reference: referenceOf(stored) };
  const { extension: _extension, ...rest } = order;
  const kept = withoutOurs(order);
  const restored: Resource = { ...rest, ...(kept.length === 0 ? {} : { extension: kept }), resourceType: order.resourceType, status: previous };
  return { outcome: 'restored', changes: [putOf(stored, restored)], reference: referenceOf(stored), revokedFrom: undefined };
}

/** By its reference, or by the identifier that the EMR gave; only one of the same person counts. */
async function findOrder(services: Services, { order }: DecisionRecord): Promise<Stored | undefined> {
  const found = order.reference === undefined ? await byIdentifier(services, order.key) : await services.store.read({ type: 'ServiceRequest', id: order.reference.replace(/^ServiceRequest\//, '') });
  if (found === undefined || found.deleted) return undefined;
  const [subject] = services.fhir.patientsOf(resourceOf(found.body));
  const patients = new Set([order.patient, ...patientsOf((await personsOf(services, [order.patient])).persons)]);
  return subject !== undefined && patients.has(subject) ? found : undefined;
}

async function byIdentifier({ store }: Services, key: string): Promise<Stored | undefined> {
  const bar = key.indexOf('|');
  if (bar < 1 || bar === key.length - 1) return undefined;
  const { items } = await store.search({ type: 'ServiceRequest', where: [{ kind: 'token', param: 'identifier', anyOf: [{ system: key.slice(0, bar), code: key.slice(bar + 1) }] }], sort: [], limit: 2 });
  return items.length === 1 ? items[0] : undefined;
}

/** Undefined unless it was revoked because of this decision. */
function revokedFromOf(order: Resource, decision: string): string | undefined {
  const [instead] = compoundsOf(order, INSTEAD);
  return instead?.reference('decision') === `DetectedIssue/${decision}` ? instead.text('previousStatus') : undefined;
}

function withoutOurs(order: Resource): readonly JsonObject[] {
  const isOurs = ({ url, valueCodeableConcept }: JsonObject): boolean =>
    url === `https://bund.example/StructureDefinition/${INSTEAD}` || (url === STATUS_REASON_URL && JSON.stringify(valueCodeableConcept).includes(STATUS_REASON_SYSTEM));
  return objectsOf(order['extension']).filter((extension) => !isOurs(extension));
}

function putOf({ id, version }: Stored, resource: Resource): Change {
  return { kind: 'put', resource: { ...resource, id }, expectedVersion: version };
}

function referenceOf({ id }: Stored): string {
  return `ServiceRequest/${id}`;
}

