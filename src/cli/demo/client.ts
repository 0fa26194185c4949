import { parseJson } from '../../fhir/json.ts';
import { isObject, type JsonObject } from '../../fhir/resource.ts';

/** A FHIR server as one caller sees it: every request goes over HTTP with that caller's token. */
export interface Client {
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  post(path: string, body: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed body; an empty object where there is none. */
  readonly body: JsonObject;
}

/** The server answered something that the demonstration cannot go on with. */
export class UnexpectedAnswer extends Error {}

/** @param signal ends the requests under way, and every later one */
export function createClient(baseUrl: string, token: string, signal: AbortSignal): Client {
  const send = async (method: string, path: string, init: { headers?: Readonly<Record<string, string>>; body?: string }): Promise<Answer> => {
    const headers = { authorization: `Bearer ${token}`, accept: 'application/fhir+json', 'content-type': 'application/fhir+json', ...init.headers };
    const response = await fetch(baseUrl + path, { method, headers, signal, ...(init.body === undefined ? {} : { body: init.body }) });
    const text = await response.text();
    const parsed = text === '' ? {} : parseJson(text);
    return { status: response.status, headers: response.headers, body: isObject(parsed) ? parsed : {} };
  };
  return {
    get: (path, headers = {}) => send('GET', path, { headers }),
    post: (path, body, headers = {}) => send('POST', path, { headers, body }),
  };
}

/** The body of a success. @throws UnexpectedAnswer that tells what the server said */
export function bodyOf(what: string, answer: Answer): JsonObject {
  if (answer.status < 300) return answer.body;
  throw new UnexpectedAnswer(`${what} was answered ${answer.status}: ${diagnosticsOf(answer.body).join(' · ')}`);
}

/** The sentences of an OperationOutcome. */
export function diagnosticsOf(outcome: JsonObject): readonly string[] {
  return objectsAt(outcome, 'issue').map((issue) => [textAt(issue, 'expression', '0'), textAt(issue, 'diagnostics')].filter((text) => text !== '').join(': '));
}

/** Resources of a searchset, those that matched and those that were included. */
export function resourcesOf(bundle: JsonObject): readonly JsonObject[] {
  return objectsAt(bundle, 'entry').map((entry) => entry['resource']).filter(isObject);
}

/** The objects of an array element; none where it is missing. */
export function objectsAt(parent: JsonObject | undefined, ...path: readonly string[]): readonly JsonObject[] {
  const found = valueAt(parent, path);
  return Array.isArray(found) ? found.filter(isObject) : [];
}

export function objectAt(parent: JsonObject | undefined, ...path: readonly string[]): JsonObject | undefined {
  const found = valueAt(parent, path);
  return isObject(found) ? found : undefined;
}

/** The text at a path such as `code`, `coding`, `0`, `display`; '' where there is none. */
export function textAt(parent: JsonObject | undefined, ...path: readonly string[]): string {
  const found = valueAt(parent, path);
  return typeof found === 'string' ? found : '';
}

/** The whole number at a path; 0 where there is none. */
export function numberAt(parent: JsonObject | undefined, ...path: readonly string[]): number {
  const found = valueAt(parent, path);
  return typeof found === 'number' ? found : 0;
}

function valueAt(parent: unknown, path: readonly string[]): unknown {
  let value = parent;
  for (const step of path) {
    if (Array.isArray(value)) value = value[Number(step)];
    else if (isObject(value)) value = value[step];
    else return undefined;
  }
  return value;
}
