import type { Caller } from '../access/index.ts';
import type { JsonObject } from '../fhir/resource.ts';

/**
 * An operation of the FHIR API that belongs to a capability and not to REST itself, such as `Patient/$match`. The capability
 * declares it in its `router.ts`, `app.ts` hands all of them to the FHIR router, and the capability statement lists them.
 *
 * @see https://hl7.org/fhir/R4/operations.html
 */
export interface Operation {
  /** Resource type on which it is called. */
  readonly type: string;
  /** Without the dollar sign. */
  readonly name: string;
  /** `/Patient/$match` or `/Patient/p1/$match`. */
  readonly level: 'type' | 'instance';
  /** Canonical of its OperationDefinition. */
  readonly definition: string;
  /** GET only for one that changes nothing. */
  readonly methods: readonly ('GET' | 'POST')[];
  /** Asks for leave, leaves its trace and answers; a failure that it throws is traced by the router. */
  readonly answer: (caller: Caller, asked: OperationInput) => Promise<OperationAnswer>;
}

export interface OperationInput {
  /** Logical id; '' for one on the type. */
  readonly id: string;
  /** Text after the question mark. */
  readonly query: string;
  /** Public address of the FHIR API, for links. */
  readonly base: string;
  /** The parsed body, undefined when none was sent. @throws ServiceError, JsonError */
  readonly body: () => Promise<unknown>;
}

export interface OperationAnswer {
  readonly status: number;
  readonly resource: JsonObject;
}
