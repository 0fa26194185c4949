import { ServiceError } from '../errors.ts';
import { JsonError, parseJson } from '../fhir/json.ts';
import { isAcceptable } from '../fhir/outcome.ts';
import type { Issue, IssueCode } from '../fhir/outcome.ts';
import { isId, isObject, isResource } from '../fhir/resource.ts';
import type { Resource } from '../fhir/resource.ts';
import type { Services } from '../services.ts';

/** Parses the body of a request. @throws JsonError */
export function parseBody(body: Buffer): unknown {
  if (body.length === 0) throw new JsonError('syntax', 'The request has no body');
  return parseJson(decodeUtf8(body));
}

const decoder = new TextDecoder('utf-8', { fatal: true });
function decodeUtf8(body: Buffer): string {
  try {
    return decoder.decode(body);
  } catch {
    throw new JsonError('syntax', 'The body is not valid UTF-8');
  }
}

/**
 * Makes sure that a value is a resource of the type that the address names, and of the id when it names one.
 *
 * @param at prefix of every `expression`, such as `Bundle.entry[3].resource`; the type itself by default
 * @throws ServiceError 'malformed'
 */
export function requireResource(value: unknown, target: { readonly type: string; readonly id?: string }, at = target.type): Resource {
  if (!isObject(value)) throw refused('malformed', 'structure', `The body must be one ${target.type} resource, a JSON object`, at);
  if (!isResource(value)) throw refused('malformed', 'required', 'The resource has no resourceType', `${at}.resourceType`);
  if (value.resourceType !== target.type) throw refused('malformed', 'value', `The resource is of another type than the address, which says ${target.type}`, `${at}.resourceType`);
  if (value['meta'] !== undefined && !isObject(value['meta'])) throw refused('malformed', 'structure', 'meta must be an object', `${at}.meta`);
  if (value['id'] !== undefined && typeof value['id'] !== 'string') throw refused('malformed', 'value', 'The id must be a string', `${at}.id`);
  if (target.id === undefined) return value;
  if (value.id === undefined) throw refused('malformed', 'required', 'The resource of an update must have the id that the address names', `${at}.id`);
  if (value.id !== target.id) throw refused('malformed', 'value', 'The id of the resource is not the one that the address names', `${at}.id`);
  return value;
}

/**
 * Checks a resource against R4 and its profiles.
 * @returns remarks that do not refuse it
 * @throws ServiceError 'invalid' with every fault
 */
export function requireValid(services: Services, resource: Resource, at?: string): readonly Issue[] {
  const issues = services.fhir.validate(resource, at === undefined ? {} : { at });
  if (isAcceptable(issues)) return issues;
  throw new ServiceError('invalid', `The ${resource.resourceType} is not valid`, issues);
}

/** @throws ServiceError 'not-found' for what is no R4 resource type */
export function requireType(services: Services, type: string): void {
  requireNoOperation(type);
  if (!services.fhir.isResourceType(type)) throw refused('not-found', 'not-supported', `${shown(type)} is not a resource type of FHIR R4`);
}

/** @throws ServiceError 'malformed'; 'not-found' for the name of an operation */
export function requireId(id: string): void {
  requireNoOperation(id);
  if (!isId(id)) throw refused('malformed', 'value', 'An id has 1 to 64 of the characters A-Z a-z 0-9 - .');
}

/** Those that are offered have addresses of their own. */
function requireNoOperation(name: string): void {
  if (/^\$[A-Za-z0-9_-]{1,64}$/.test(name)) throw refused('not-found', 'not-supported', `The operation ${name} is not known`);
}

/** A ServiceError with one issue. */
export function refused(kind: ServiceError['kind'], code: IssueCode, diagnostics: string, expression?: string): ServiceError {
  return new ServiceError(kind, diagnostics, [{ severity: 'error', code, diagnostics, ...(expression === undefined ? {} : { expression }) }]);
}

/** A name from a request, short and harmless enough to repeat in an answer. */
function shown(name: string): string {
  return /^[A-Za-z0-9_-]{1,64}$/.test(name) ? name : 'The name in the address';
}
