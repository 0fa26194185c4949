import { authorize } from '../access/index.ts';
import type { Caller } from '../access/index.ts';
import { recordTrace } from '../audit/index.ts';
import { resourceOf } from '../fhir/body.ts';
import type { ValidateOptions } from '../fhir/fhir.ts';
import { operationOutcome } from '../fhir/outcome.ts';
import type { Issue } from '../fhir/outcome.ts';
import { isObject } from '../fhir/resource.ts';
import type { JsonObject } from '../fhir/resource.ts';
import type { Services } from '../services.ts';
import type { Answer } from './answer.ts';
import { refused, requireId, requireResource, requireType } from './incoming.ts';
import { parseQueryText, valueOf, withoutFormat } from '../http/query-text.ts';
import { read } from './read.ts';

/** `body` gives the parsed body: the resource, or Parameters that hold it; undefined when none was sent. */
export interface ValidateInput { readonly type: string; readonly id?: string; readonly query: string; readonly body: () => Promise<unknown> }

interface Asked { readonly resource: unknown; readonly profile: string | undefined; readonly mode: string | undefined }

const MODES = ['create', 'update', 'delete', 'profile'];

/**
 * Says what is wrong with a resource, without storing it. Faults are an answer here and no failure: the status is 200.
 * @throws ServiceError 'malformed' when there is nothing to validate
 * @see https://hl7.org/fhir/R4/resource-operation-validate.html
 */
export async function validate(services: Services, caller: Caller, input: ValidateInput): Promise<Answer> {
  const { type, id } = input;
  requireType(services, type);
  if (id !== undefined) requireId(id);
  await authorize(services, caller, { action: 'validate', type, ...(id === undefined ? {} : { id }) });
  const asked = askedOf(input, await input.body());
  const issues = await issuesOf(services, caller, input, asked);
  await recordTrace(services, caller, { action: 'operation', interaction: 'validate', outcome: 'success', ...(id === undefined ? {} : { resources: [`${type}/${id}`] }) });
  return { status: 200, body: JSON.stringify(operationOutcome(issues)) };
}

async function issuesOf(services: Services, caller: Caller, { type, id }: ValidateInput, { resource, profile, mode }: Asked): Promise<readonly Issue[]> {
  if (mode !== undefined && !MODES.includes(mode)) throw refused('malformed', 'value', `The mode must be one of ${MODES.join(', ')}`);
  if ((mode === 'delete' || resource === undefined) && id !== undefined) {
    const { body = '' } = await read(services, caller, { type, id });
    return mode === 'delete' ? [] : services.fhir.validate(resourceOf(body.toString()), demands(profile));
  }
  if (mode === 'delete') return [];
  const sent = requireResource(resource, mode === 'update' && id !== undefined ? { type, id } : { type });
  return services.fhir.validate(sent, demands(profile));
}

/** Who asks for a judgement wants to hear of best practices too. */
function demands(profile: string | undefined): ValidateOptions {
  return { bestPractice: true, ...(profile === undefined ? {} : { profiles: [profile] }) };
}

/** Parameters of the operation come in the query, or in a Parameters resource around the one to validate. */
function askedOf({ type, query }: ValidateInput, body: unknown): Asked {
  const pairs = withoutFormat(parseQueryText(query));
  const unknown = pairs.find(([name]) => name !== 'profile' && name !== 'mode');
  if (unknown !== undefined) throw refused('not-supported', 'not-supported', '$validate takes the parameters profile and mode');
  const inQuery = { profile: valueOf(pairs, 'profile'), mode: valueOf(pairs, 'mode') };
  if (!isObject(body) || body['resourceType'] !== 'Parameters' || type === 'Parameters') return { resource: body, ...inQuery };
  const parameters = Array.isArray(body['parameter']) ? body['parameter'].filter(isObject) : [];
  const named = (name: string): JsonObject | undefined => parameters.find((parameter) => parameter['name'] === name);
  return {
    resource: named('resource')?.['resource'],
    profile: textIn(named('profile'), 'valueUri', 'valueCanonical', 'valueString') ?? inQuery.profile,
    mode: textIn(named('mode'), 'valueCode', 'valueString') ?? inQuery.mode,
  };
}

function textIn(parameter: JsonObject | undefined, ...names: readonly string[]): string | undefined {
  return names.map((name) => parameter?.[name]).find((value) => typeof value === 'string');
}
