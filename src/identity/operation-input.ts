import { ServiceError } from '../errors.ts';
import type { IssueCode } from '../fhir/outcome.ts';
import { isAcceptable } from '../fhir/outcome.ts';
import type { JsonObject, JsonValue } from '../fhir/resource.ts';
import { isObject, isResource, objectsOf } from '../fhir/resource.ts';
import type { Services } from '../services.ts';

/** One parameter of an operation, with the place where it stands. */
export interface Parameter { readonly name: string; readonly element: JsonObject; readonly at: string }

/**
 * The parameters that an operation was sent, from a valid Parameters resource. An unknown one is refused, never passed over.
 *
 * @throws ServiceError 'malformed', 'invalid' or 'not-supported' with the element at fault
 */
export function parametersOf(services: Pick<Services, 'fhir'>, body: unknown, operation: string, taken: readonly string[]): readonly Parameter[] {
  if (!isObject(body) || !isResource(body) || body.resourceType !== 'Parameters') throw refused('malformed', 'structure', `${operation} takes a Parameters resource`, 'Parameters');
  const issues = services.fhir.validate(body);
  if (!isAcceptable(issues)) throw new ServiceError('invalid', 'The Parameters are not valid', issues);
  return objectsOf(body['parameter']).map((element, place) => {
    const at = `Parameters.parameter[${place}]`;
    const { name } = element;
    if (typeof name !== 'string' || !taken.includes(name)) throw refused('not-supported', 'not-supported', `${operation} takes the parameters ${taken.join(', ')}`, `${at}.name`);
    return { name, element, at };
  });
}

/** The one parameter of a name, or undefined. @throws ServiceError 'malformed' where it is sent twice */
export function atMostOne(parameters: readonly Parameter[], name: string): Parameter | undefined {
  const [first, second] = parameters.filter((parameter) => parameter.name === name);
  if (second !== undefined) throw refused('malformed', 'structure', `The parameter ${name} is sent more than once`, second.at);
  return first;
}

/** The value of a parameter, under one of the names that it may have. @throws ServiceError 'malformed' where it has none of them */
export function valueIn({ element, at, name }: Parameter, ...members: readonly string[]): JsonValue {
  const value = members.map((member) => element[member]).find((found) => found !== undefined);
  if (value === undefined) throw refused('malformed', 'value', `The parameter ${name} needs a ${members.join(' or ')}`, at);
  return value;
}

export function refused(kind: 'malformed' | 'invalid' | 'not-supported', code: IssueCode, diagnostics: string, expression: string): ServiceError {
  return new ServiceError(kind, diagnostics, [{ severity: 'error', code, diagnostics, expression }]);
}
