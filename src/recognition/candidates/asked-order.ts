import type { JsonObject } from '../../fhir/resource.ts';
import { isObject, textOf } from '../../fhir/resource.ts';
import type { RecognitionTables } from '../catalogue/recognition-tables.ts';
import type { AskedOrder } from './assess-orders.ts';
import { nameOf, nonEmpty, objectsOf } from './elements.ts';
import type { BesideOrder } from './read-order.ts';
import { readOrder } from './read-order.ts';

/** Around an order: what the request says besides the order itself. */
export interface OrderContext {
  /** Logical id of the Patient. */
  readonly patient: string;
  /** Logical id of the ordering Organization. */
  readonly organization: string;
  readonly practitioner?: string | undefined;
  readonly encounter?: string | undefined;
  /** `ServiceRequest/…` where the exchange has the order. */
  readonly stored?: string | undefined;
  readonly beside: BesideOrder;
}

/**
 * An order as it is asked about. It is known again by its reference here, else by its identifier, else by the id under which
 * the EMR drafts it; one without any of them is answered, and nothing is recorded of it.
 */
export function askedOrderOf(order: JsonObject, context: OrderContext, tables: Pick<RecognitionTables, 'specimenClass' | 'bodySite'>): AskedOrder {
  const id = nonEmpty(textOf(order['id']));
  const requester = isObject(order['requester']) ? textOf(order['requester']['reference']) : '';
  const key = context.stored ?? identifierOf(order) ?? id;
  return {
    decided: {
      ...(context.stored === undefined ? {} : { reference: context.stored }),
      key: key ?? '', patient: context.patient, organization: context.organization,
      department: nameOf(context.beside.encounter?.['serviceType']),
      practitioner: context.practitioner ?? nonEmpty(requester),
      encounter: context.encounter,
    },
    isRecorded: key !== undefined,
    draft: id === undefined ? undefined : `ServiceRequest/${id}`,
    read: readOrder(order, context.beside, tables),
  };
}

function identifierOf({ identifier }: JsonObject): string | undefined {
  const [first] = objectsOf(identifier).filter(({ value }) => textOf(value) !== '');
  return first === undefined ? undefined : `${textOf(first['system'])}|${textOf(first['value'])}`;
}
