import { ServiceError } from '../../errors.ts';
import type { JsonObject, Resource } from '../../fhir/resource.ts';
import { isObject, isResource, textOf } from '../../fhir/resource.ts';
import { idsOf, objectsOf } from '../candidates/elements.ts';

/** One thing that is asked about: an order as sent, an order that the exchange has, or a mere code. */
export type AskedFor =
  | { readonly kind: 'order'; readonly order: JsonObject; readonly path: string }
  | { readonly kind: 'stored'; readonly id: string; readonly path: string }
  | { readonly kind: 'code'; readonly order: JsonObject; readonly path: string };

export interface RecognizeRequest {
  readonly asked: readonly AskedFor[];
  /** Logical id of the Patient that `subject` names; undefined where the orders name it. */
  readonly patient: string | undefined;
  readonly encounter: JsonObject | undefined;
}

const KNOWN = ['order', 'subject', 'code', 'encounter'] as const;
const MOST = 50;

/**
 * Reads the Parameters of `$recognize`.
 *
 * @throws ServiceError 'invalid' that names the parameter at fault
 */
export function readRecognizeRequest(body: unknown): RecognizeRequest {
  if (!isResource(body) || body.resourceType !== 'Parameters') throw faulty('Parameters', 'The body must be a Parameters resource');
  const parameters = objectsOf(body['parameter']).map((parameter, at) => ({ parameter, name: textOf(parameter['name']), path: `Parameters.parameter[${at}]` }));
  const stray = parameters.find(({ name }) => !KNOWN.some((known) => known === name));
  if (stray !== undefined) throw faulty(`${stray.path}.name`, `A parameter of $recognize is ${KNOWN.join(', ')}`);
  const named = (name: string): typeof parameters => parameters.filter((one) => one.name === name);
  const orders = named('order').map(({ parameter, path }) => orderOf(parameter, path));
  const codes = named('code').map(({ parameter, path }) => codeOf(parameter, path));
  const [subject] = named('subject');
  const patient = subject === undefined ? undefined : patientOf(subject.parameter, subject.path);
  if (orders.length === 0 && codes.length === 0) throw faulty('Parameters.parameter', '$recognize needs an order, or a subject with a code');
  if (codes.length > 0 && patient === undefined) throw faulty('Parameters.parameter', 'A code needs the subject: for whom would it be ordered?');
  if (orders.length + codes.length > MOST) throw faulty('Parameters.parameter', `At most ${MOST} orders are answered at once`);
  const [encounter] = named('encounter').map(({ parameter, path }) => resourceIn(parameter, path, 'Encounter'));
  return { asked: [...orders, ...codes], patient, encounter };
}

function orderOf(parameter: JsonObject, path: string): AskedFor {
  const [id] = idsOf(parameter['valueReference'], 'ServiceRequest');
  if (id !== undefined) return { kind: 'stored', id, path };
  return { kind: 'order', order: resourceIn(parameter, path, 'ServiceRequest'), path: `${path}.resource` };
}

function codeOf(parameter: JsonObject, path: string): AskedFor {
  const { valueCodeableConcept, valueCoding } = parameter;
  const code = isObject(valueCodeableConcept) ? valueCodeableConcept : isObject(valueCoding) ? { coding: [valueCoding] } : undefined;
  if (code === undefined) throw faulty(`${path}.value[x]`, 'A code is a valueCodeableConcept or a valueCoding');
  return { kind: 'code', order: { code }, path };
}

function patientOf(parameter: JsonObject, path: string): string {
  const [id] = idsOf(parameter['valueReference'], 'Patient');
  if (id === undefined) throw faulty(`${path}.valueReference`, 'The subject must be a reference such as Patient/p1');
  return id;
}

function resourceIn({ resource }: JsonObject, path: string, type: string): Resource {
  if (isResource(resource) && resource.resourceType === type) return resource;
  throw faulty(`${path}.resource`, `The parameter must hold a resource of type ${type}`);
}

export function faulty(element: string, sentence: string): ServiceError {
  return new ServiceError('invalid', sentence, [{ severity: 'error', code: 'invalid', diagnostics: sentence, expression: element }]);
}
