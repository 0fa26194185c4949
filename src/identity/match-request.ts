import type { Resource } from '../fhir/resource.ts';
import { isAcceptable } from '../fhir/outcome.ts';
import { isObject, isResource } from '../fhir/resource.ts';
import { ServiceError } from '../errors.ts';
import type { Services } from '../services.ts';
import { atMostOne, parametersOf, refused, valueIn } from './operation-input.ts';

/** Whom somebody looks for, and how many answers they want. */
export interface MatchRequest {
  /** A Patient, as far as it is known. */
  readonly patient: Resource;
  readonly onlyCertainMatches: boolean;
  /** Undefined: as many as the server holds to be useful. */
  readonly count: number | undefined;
}

const TAKEN = ['resource', 'onlyCertainMatches', 'count'];

/**
 * Reads what `$match` was sent: Parameters, or a bare Patient with the other parameters in the address.
 *
 * @param query names and values of the address
 * @throws ServiceError 'malformed', 'invalid', 'not-supported' with the element at fault
 * @see https://hl7.org/fhir/R4/patient-operation-match.html
 */
export function parseMatchRequest(services: Pick<Services, 'fhir'>, body: unknown, query: readonly (readonly [string, string])[]): MatchRequest {
  const unknown = query.find(([name]) => !TAKEN.includes(name) || name === 'resource');
  if (unknown !== undefined) throw refused('not-supported', 'not-supported', 'In the address $match takes onlyCertainMatches and count', 'Parameters');
  if (isObject(body) && isResource(body) && body.resourceType === 'Patient') {
    return { patient: requireValid(services, body), onlyCertainMatches: truthOf(textIn(query, 'onlyCertainMatches')), count: countOf(textIn(query, 'count')) };
  }
  if (query.length > 0) throw refused('malformed', 'structure', 'The parameters of $match come in the body or in the address, not in both', 'Parameters');
  const parameters = parametersOf(services, body, '$match', TAKEN);
  const resource = atMostOne(parameters, 'resource');
  const patient = resource?.element['resource'];
  if (resource === undefined) throw refused('malformed', 'required', '$match needs the parameter resource, a Patient', 'Parameters.parameter');
  if (!isObject(patient) || !isResource(patient) || patient.resourceType !== 'Patient') throw refused('malformed', 'value', 'The parameter resource of $match is a Patient', `${resource.at}.resource`);
  const only = atMostOne(parameters, 'onlyCertainMatches');
  const count = atMostOne(parameters, 'count');
  return {
    patient,
    onlyCertainMatches: only === undefined ? false : truthOf(valueIn(only, 'valueBoolean')),
    count: count === undefined ? undefined : countOf(valueIn(count, 'valueInteger', 'valuePositiveInt', 'valueUnsignedInt'), `${count.at}.value`),
  };
}

function requireValid(services: Pick<Services, 'fhir'>, patient: Resource): Resource {
  const issues = services.fhir.validate(patient);
  if (!isAcceptable(issues)) throw new ServiceError('invalid', 'The Patient is not valid', issues);
  return patient;
}

function textIn(query: readonly (readonly [string, string])[], name: string): string | undefined {
  const [first, second] = query.filter((pair) => pair[0] === name);
  if (second !== undefined) throw refused('malformed', 'structure', `The parameter ${name} is sent more than once`, name);
  return first?.[1];
}

function truthOf(value: unknown): boolean {
  if (value === undefined || value === false || value === 'false') return false;
  if (value === true || value === 'true') return true;
  throw refused('malformed', 'value', 'onlyCertainMatches is true or false', 'onlyCertainMatches');
}

function countOf(value: unknown, at = 'count'): number | undefined {
  if (value === undefined) return undefined;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (!/^[1-9]\d{0,8}$/.test(text)) throw refused('malformed', 'value', 'count is a whole number from 1 on', at);
  return Number(text);
}
