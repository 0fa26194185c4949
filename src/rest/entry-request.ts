import { isObject } from '../fhir/resource.ts';
import type { JsonObject } from '../fhir/resource.ts';
import type { ScannedEntry } from '../fhir/bundle.ts';
import type { Conditions } from './conditions.ts';
import { refused } from './incoming.ts';
import { queryOf } from '../http/query-text.ts';

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'PATCH'] as const;

/** `Bundle.entry.request`, read. */
export interface EntryRequest {
  readonly index: number;
  /** `Bundle.entry[3]` */
  readonly at: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Parts of the path relative to the base: `['Patient', 'p1', '_history', '2']`. */
  readonly path: readonly string[];
  /** Text after the question mark. */
  readonly query: string;
  readonly conditions: Conditions;
  readonly ifNoneExist?: string;
  readonly fullUrl?: string;
}

/**
 * Reads what an entry asks for.
 *
 * @param base of this server, which an absolute `request.url` may begin with
 * @throws ServiceError 'malformed', 'not-supported', naming the element
 * @see https://hl7.org/fhir/R4/bundle-definitions.html#Bundle.entry.request
 */
export function readEntryRequest({ index, at, value }: ScannedEntry, base: string): EntryRequest {
  const { request } = value;
  if (!isObject(request)) throw refused('malformed', 'required', 'An entry of a batch or transaction must have a request', `${at}.request`);
  const method = methodOf(request, at);
  const url = requiredText(request, 'url', `${at}.request`);
  const relative = url.startsWith(`${base}/`) ? url.slice(base.length + 1) : url.replace(/^\//, '');
  if (/^[a-z][a-z0-9+.-]*:/i.test(relative)) throw refused('malformed', 'value', 'The url of a request must be relative to the base of this server', `${at}.request.url`);
  const ifNoneExist = text(request, 'ifNoneExist', `${at}.request`);
  const fullUrl = text(value, 'fullUrl', at);
  return {
    index, at, method,
    path: pathOf(relative, `${at}.request.url`),
    query: queryOf(relative),
    conditions: entryConditions(request, `${at}.request`),
    ...(ifNoneExist === undefined || method !== 'POST' ? {} : { ifNoneExist: conditionQuery(ifNoneExist) }),
    ...(fullUrl === undefined ? {} : { fullUrl }),
  };
}

/**
 * What the address of a write names: a type, and an id or a query where the method needs one.
 * @throws ServiceError 'malformed'
 */
export function writeAddress({ method, path, query, at }: EntryRequest): { readonly type: string; readonly id?: string } {
  const [type, id, ...rest] = path;
  const wantsId = method !== 'POST' && query === '';
  if (type === undefined || rest.length > 0 || (id !== undefined) !== wantsId) {
    throw refused('malformed', 'value', `The url of a ${method} must be ${method === 'POST' ? '[type]' : '[type]/[id] or [type]?[query]'}`, `${at}.request.url`);
  }
  return id === undefined ? { type } : { type, id };
}

/** The query of `If-None-Exist`; some clients send it with what stands before the question mark. */
export function conditionQuery(condition: string): string {
  return condition.includes('?') ? queryOf(condition) : condition;
}

function methodOf(request: JsonObject, at: string): EntryRequest['method'] {
  const method = METHODS.find((known) => known === request['method']);
  if (method === undefined) throw refused('malformed', 'required', `The method of a request must be one of ${METHODS.join(', ')}`, `${at}.request.method`);
  if (method === 'HEAD' || method === 'PATCH') throw refused('not-supported', 'not-supported', `${method} is not offered in a bundle`, `${at}.request.method`);
  return method;
}

function pathOf(url: string, at: string): readonly string[] {
  const path = (url.split(/[?#]/, 1)[0] ?? '').split('/').filter((part) => part !== '');
  try {
    return path.map(decodeURIComponent);
  } catch {
    throw refused('malformed', 'value', 'The url has a percent sign that is not followed by two hexadecimal digits of UTF-8 text', at);
  }
}

function entryConditions(request: JsonObject, at: string): Conditions {
  const ifMatch = text(request, 'ifMatch', at);
  const ifNoneMatch = text(request, 'ifNoneMatch', at);
  const ifModifiedSince = text(request, 'ifModifiedSince', at);
  return {
    ...(ifMatch === undefined ? {} : { ifMatch }),
    ...(ifNoneMatch === undefined ? {} : { ifNoneMatch }),
    ...(ifModifiedSince === undefined ? {} : { ifModifiedSince }),
  };
}

function requiredText(object: JsonObject, name: string, at: string): string {
  const value = text(object, name, at);
  if (value === undefined || value === '') throw refused('malformed', 'required', `An entry must have ${name}`, `${at}.${name}`);
  return value;
}

function text(object: JsonObject, name: string, at: string): string | undefined {
  const value = object[name];
  if (value === undefined || typeof value === 'string') return value;
  throw refused('malformed', 'value', `${name} must be a string`, `${at}.${name}`);
}
