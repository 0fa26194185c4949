import { z } from 'zod';
import { ServiceError } from '../../errors.ts';
import type { JsonObject } from '../../fhir/resource.ts';
import { isObject, isResource, textOf } from '../../fhir/resource.ts';
import { objectsOf } from '../candidates/elements.ts';
import type { CdsService } from './services.ts';

/** A draft of an order, and where it stands in the request. */
export interface Draft { readonly id: string; readonly order: JsonObject; readonly path: string }

/** What an EMR asks. */
export interface HookRequest {
  readonly userId: string;
  readonly patientId: string;
  readonly encounterId: string | undefined;
  /** Those that are asked about: the selected ones, or all. */
  readonly drafts: readonly Draft[];
  /** Everything in the Bundle of drafts, by `Specimen/s1` and by `fullUrl`. */
  readonly beside: ReadonlyMap<string, JsonObject>;
  readonly patient: JsonObject | undefined;
  readonly encounter: JsonObject | undefined;
}

const MOST_DRAFTS = 50;

const text = z.string().trim().min(1).max(256);
/** What an EMR adds of its own is passed over, as the specification asks; `fhirServer` is believed by nobody and never called. */
const requestSchema = z.looseObject({
  hook: text,
  hookInstance: z.guid('must be a UUID'),
  fhirServer: z.url().optional(),
  fhirAuthorization: z.looseObject({}).optional(),
  context: z.looseObject({
    userId: z.string().regex(/^(Practitioner|PractitionerRole|Patient|RelatedPerson)\/[A-Za-z0-9\-.]{1,64}$/, 'must be a reference such as Practitioner/abc'),
    patientId: text,
    encounterId: text.optional(),
  }),
  prefetch: z.record(z.string(), z.unknown()).optional(),
});
const draftsSchema = z.looseObject({ draftOrders: z.looseObject({ resourceType: z.literal('Bundle'), entry: z.array(z.looseObject({ resource: z.looseObject({ resourceType: text }) })).max(500).optional() }) });
const selectionsSchema = z.looseObject({ selections: z.array(text).min(1).max(500) });

/**
 * Reads the body of a call. What the prefetch does not bring is looked up in the exchange itself, so that it may be left out.
 *
 * @throws ServiceError 'malformed' that names each element at fault
 * @see https://cds-hooks.hl7.org/2.0/#http-request_1
 */
export function readHookRequest(body: unknown, service: CdsService): HookRequest {
  const { hook, context, prefetch = {} } = parsed(requestSchema, body, '');
  if (hook !== service.hook) throw faulty('hook', `The service ${service.id} answers the hook ${service.hook}, not ${hook}`);
  const { userId, patientId, encounterId } = context;
  const patient = prefetched(prefetch, 'patient', 'Patient');
  if (patient !== undefined && textOf(patient['id']) !== patientId) throw faulty('prefetch.patient.id', 'The prefetched Patient is another than that of context.patientId');
  const encounter = prefetched(prefetch, 'encounter', 'Encounter');
  const asked = { userId, patientId, encounterId, patient, encounter };
  return service.hook === 'patient-view' ? { ...asked, drafts: [], beside: new Map() } : { ...asked, ...draftsOf(context, service, patientId) };
}

function draftsOf(context: object, { hook }: CdsService, patientId: string): Pick<HookRequest, 'drafts' | 'beside'> {
  const { draftOrders: { entry = [] } } = parsed(draftsSchema, context, 'context');
  const selected = hook === 'order-select' ? new Set(parsed(selectionsSchema, context, 'context').selections.map(relative)) : undefined;
  const resources = entry.flatMap((one, at) => (isResource(one.resource) ? [{ resource: one.resource, fullUrl: textOf(one['fullUrl']), path: `context.draftOrders.entry[${at}].resource` }] : []));
  const all = resources.filter(({ resource }) => resource.resourceType === 'ServiceRequest').map(({ resource, path }): Draft => ({ id: textOf(resource.id), order: resource, path }));
  const drafts = all.filter(({ id }) => selected === undefined || selected.has(`ServiceRequest/${id}`));
  for (const draft of drafts) requireSound(draft, patientId);
  if (drafts.length > MOST_DRAFTS) throw faulty('context.draftOrders.entry', `At most ${MOST_DRAFTS} orders are answered at once`);
  const beside = new Map(resources.flatMap(({ resource, fullUrl }): (readonly [string, JsonObject])[] => [[`${resource.resourceType}/${textOf(resource.id)}`, resource], ...(fullUrl === '' ? [] : [[fullUrl, resource] as const])]));
  return { drafts, beside };
}

/** Without its id no card could take it away, and an order for somebody else is not answered by this patient's results. */
function requireSound({ id, order, path }: Draft, patientId: string): void {
  if (!/^[A-Za-z0-9\-.]{1,64}$/.test(id)) throw faulty(`${path}.id`, 'A draft needs its id, by which it is known again');
  const subject = isObject(order['subject']) ? textOf(order['subject']['reference']) : '';
  if (subject !== '' && relative(subject) !== `Patient/${patientId}`) throw faulty(`${path}.subject`, 'The draft is for another patient than that of context.patientId');
  if (objectsOf(order['code']).length === 0) throw faulty(`${path}.code`, 'A draft needs its code: what is ordered?');
}

/** `https://emr.example/fhir/Patient/p1` as `Patient/p1`. */
function relative(reference: string): string {
  return reference.split('/').slice(-2).join('/');
}

function prefetched(prefetch: Readonly<Record<string, unknown>>, name: string, type: string): JsonObject | undefined {
  const resource = prefetch[name];
  // An EMR that could not get it says null.
  if (resource === undefined || resource === null) return undefined;
  if (isResource(resource) && resource.resourceType === type) return resource;
  throw faulty(`prefetch.${name}`, `prefetch.${name} must be a resource of type ${type}, or null`);
}

function parsed<T>(schema: z.ZodType<T>, value: unknown, at: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new ServiceError('malformed', 'The request cannot be read', result.error.issues.map((issue) => {
    const path = [...(at === '' ? [] : [at]), ...issue.path.map(String)].join('.') || '$this';
    return { severity: 'error', code: 'invalid', diagnostics: `${path}: ${issue.message}`, expression: path };
  }));
}

function faulty(element: string, sentence: string): ServiceError {
  return new ServiceError('malformed', sentence, [{ severity: 'error', code: 'invalid', diagnostics: sentence, expression: element }]);
}
