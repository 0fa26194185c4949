import type { Actor } from '../access/index.ts';
import type { JsonObject, Resource } from '../fhir/resource.ts';
import type { Event } from './event.ts';

export type Trace = Resource & { readonly id: string };

/** `agent.policy` of an access that rests on a broken glass: `AuditEvent?policy=` finds them all. */
export const BREAK_GLASS_POLICY = 'https://bund.example/policy/break-glass';
/** System of `agent.altId`-like identifiers: the subject of a token. */
export const SUBJECT_SYSTEM = 'https://bund.example/identifier/subject';
export const SOURCE_SYSTEM = 'https://bund.example/identifier/source';

const DCM = 'http://dicom.nema.org/resources/ontology/DCM';
const ENTITY_TYPE = 'http://terminology.hl7.org/CodeSystem/audit-entity-type';
const OBJECT_ROLE = 'http://terminology.hl7.org/CodeSystem/object-role';

/** Built once and without displays: a trace is on the path of every request, written and kept for years. */
const REST = { system: 'http://terminology.hl7.org/CodeSystem/audit-event-type', code: 'rest' };
const AUTHENTICATION = { system: DCM, code: '110114' };
const LOGIN = { system: DCM, code: '110122' };
const SYSTEM_OBJECT = { system: ENTITY_TYPE, code: '2' };
const PERSON = { system: ENTITY_TYPE, code: '1' };
const DOMAIN_RESOURCE = { system: OBJECT_ROLE, code: '4' };
const QUERY = { system: OBJECT_ROLE, code: '24' };
const PATIENT = { system: OBJECT_ROLE, code: '1' };
const REQUEST_ID = { system: 'https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType', code: 'XrequestId' };
const ORIGIN = { system: DCM, code: '110153' };
const DESTINATION = { system: DCM, code: '110152' };
const RECIPIENT = { system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' };
const WORKPLACE = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-RoleClass', code: 'SDLOC' }] };
const GATEWAY = { display: 'Bund gateway' };
const SOURCE = { site: 'bund', observer: GATEWAY };

const ACTIONS: Record<Event['action'], string> = { create: 'C', read: 'R', search: 'E', update: 'U', delete: 'D', operation: 'E', login: 'E' };
const OUTCOMES: Record<Event['outcome'], string> = { success: '0', refused: '4', failed: '8' };

/** What a read discloses flows from the gateway to the client; a write or a query flows to it. */
interface Flow { readonly machine: JsonObject; readonly person: JsonObject; readonly gateway: JsonObject }
const TO_CLIENT: Flow = { machine: { coding: [DESTINATION] }, person: { coding: [DESTINATION, RECIPIENT] }, gateway: gatewayAs(ORIGIN) };
const TO_GATEWAY: Flow = { machine: { coding: [ORIGIN] }, person: { coding: [ORIGIN, RECIPIENT] }, gateway: gatewayAs(DESTINATION) };

/** Interactions that R4 has a code for; the others are operations of this exchange. @see https://hl7.org/fhir/R4/codesystem-restful-interaction.html */
const RESTFUL = new Map(['read', 'vread', 'update', 'patch', 'delete', 'history-instance', 'history-type', 'history-system', 'create',
  'search-type', 'search-system', 'capabilities', 'transaction', 'batch', 'operation'].map((code) => [code, subtype(code)]));
const OPERATION = subtype('operation');

const PURPOSES = new Map<string, JsonObject>();
const ROLES = new Map<string, JsonObject>();

/**
 * The AuditEvent of an access, after the patterns of IHE Basic Audit Log Patterns. `Store.commit` appends it to the chain.
 *
 * @see https://profiles.ihe.net/ITI/BALP/
 */
export function traceOf(actor: Actor, event: Event, at: { readonly now: Date; readonly id: string }): Trace {
  const isLogin = event.action === 'login';
  return {
    resourceType: 'AuditEvent',
    id: at.id,
    type: isLogin ? AUTHENTICATION : REST,
    subtype: isLogin ? [LOGIN] : subtypesOf(event.interaction),
    action: ACTIONS[event.action],
    recorded: at.now.toISOString(),
    outcome: OUTCOMES[event.outcome],
    ...(event.reason === undefined ? {} : { outcomeDesc: event.reason }),
    purposeOfEvent: event.breakGlass === undefined ? [purpose(actor.purpose)] : [purpose(actor.purpose), purpose('BTG')],
    agent: agentsOf(actor, event),
    source: SOURCE,
    entity: entitiesOf(actor, event),
  };
}

function subtypesOf(interaction: string): readonly JsonObject[] {
  const known = RESTFUL.get(interaction);
  return known === undefined ? [OPERATION, { system: 'https://bund.example/CodeSystem/interaction', code: interaction }] : [known];
}

/** The client and its user are one agent, as a token names both; then the gateway, then where a clinician works. */
function agentsOf(actor: Actor, event: Event): readonly JsonObject[] {
  const flow = event.action === 'read' ? TO_CLIENT : TO_GATEWAY;
  const isMachine = actor.role === 'source' || actor.role === 'system';
  const client = {
    type: isMachine ? flow.machine : flow.person,
    role: [roleConcept(actor.role)],
    who: { identifier: actor.source === undefined ? { system: SUBJECT_SYSTEM, value: actor.subject } : { system: SOURCE_SYSTEM, value: actor.source } },
    altId: actor.subject,
    ...(actor.name === undefined ? {} : { name: actor.name }),
    requestor: true,
    ...(event.breakGlass === undefined ? {} : { policy: [BREAK_GLASS_POLICY] }),
    network: { address: actor.address, type: '2' },
  };
  if (actor.facility === undefined) return [client, flow.gateway];
  return [client, flow.gateway, { type: WORKPLACE, who: { reference: `Organization/${actor.facility}` }, requestor: false }];
}

function entitiesOf(actor: Actor, event: Event): readonly JsonObject[] {
  const entities: JsonObject[] = [];
  for (const patient of event.patients ?? []) entities.push({ what: { reference: patient }, type: PERSON, role: PATIENT });
  for (const resource of event.resources ?? []) entities.push({ what: { reference: resource }, type: SYSTEM_OBJECT, role: DOMAIN_RESOURCE });
  if (event.query !== undefined && event.query !== '') entities.push({ type: SYSTEM_OBJECT, role: QUERY, query: Buffer.from(event.query).toString('base64') });
  entities.push({
    what: { identifier: { value: actor.requestId } },
    type: REQUEST_ID,
    ...(event.breakGlass === undefined ? {} : { detail: [{ type: 'break-glass-reason', valueString: event.breakGlass.reason }] }),
  });
  return entities;
}

function gatewayAs(coding: JsonObject): JsonObject {
  return { type: { coding: [coding] }, who: GATEWAY, requestor: false };
}

function subtype(code: string): JsonObject {
  return { system: 'http://hl7.org/fhir/restful-interaction', code };
}

/** Purposes and roles are few and were checked when the request came in: each concept is made once. */
function purpose(code: string): JsonObject {
  return concept(PURPOSES, 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code);
}

function roleConcept(code: string): JsonObject {
  return concept(ROLES, 'https://bund.example/CodeSystem/role', code);
}

function concept(made: Map<string, JsonObject>, system: string, code: string): JsonObject {
  const known = made.get(code) ?? { coding: [{ system, code }] };
  made.set(code, known);
  return known;
}
