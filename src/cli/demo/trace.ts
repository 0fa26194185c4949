import { BREAK_GLASS_POLICY } from '../../audit/index.ts';
import type { JsonObject } from '../../fhir/resource.ts';
import { bodyOf, type Client, objectsAt, resourcesOf, textAt } from './client.ts';
import { facts } from './print.ts';

/** One AuditEvent as an auditor reads it. */
export interface TraceView {
  readonly id: string;
  readonly when: string;
  readonly who: string;
  /** Logical id of the Organization where a clinician works. */
  readonly facility: string | undefined;
  /** Network address. */
  readonly where: string;
  readonly what: string;
  readonly why: string;
  readonly query: string;
  /** `Patient/…`. */
  readonly patients: readonly string[];
  readonly outcome: string;
  readonly brokeGlass: boolean;
}

const OUTCOMES: Readonly<Record<string, string>> = { 0: 'success', 4: 'refused', 8: 'failed', 12: 'failed' };
const ROLE_SYSTEM = 'https://bund.example/CodeSystem/role';

/**
 * Asks for the trace of one request, over the same search that serves everybody.
 *
 * @param query search parameters that find it
 * @param requestId `X-Request-Id` of the answer whose trace is wanted
 */
export async function findTrace(auditor: Client, query: string, requestId: string): Promise<TraceView | undefined> {
  const page = bodyOf('The search for the trace', await auditor.get(`/fhir/AuditEvent?${query}`));
  const event = resourcesOf(page).find((candidate) => objectsAt(candidate, 'entity').some((entity) => textAt(entity, 'what', 'identifier', 'value') === requestId));
  return event === undefined ? undefined : viewOf(event);
}

export function viewOf(event: JsonObject): TraceView {
  const requestor = objectsAt(event, 'agent').find((agent) => agent['requestor'] === true);
  const role = objectsAt(requestor, 'role').flatMap((concept) => objectsAt(concept, 'coding')).find((coding) => coding['system'] === ROLE_SYSTEM);
  const place = objectsAt(event, 'agent').map((agent) => textAt(agent, 'who', 'reference')).find((reference) => reference.startsWith('Organization/'));
  const query = objectsAt(event, 'entity').map((entity) => textAt(entity, 'query')).find((text) => text !== '') ?? '';
  return {
    id: textAt(event, 'id'),
    when: textAt(event, 'recorded'),
    who: `${textAt(requestor, 'name')} (${textAt(requestor, 'altId')}), ${textAt(role, 'code')}`,
    facility: place?.slice('Organization/'.length),
    where: textAt(requestor, 'network', 'address'),
    what: objectsAt(event, 'subtype').map((coding) => textAt(coding, 'code')).join(', '),
    why: objectsAt(event, 'purposeOfEvent').map((purpose) => textAt(purpose, 'coding', '0', 'code')).join(', '),
    query: Buffer.from(query, 'base64').toString('utf8'),
    patients: objectsAt(event, 'entity').map((entity) => textAt(entity, 'what', 'reference')).filter((reference) => reference.startsWith('Patient/')),
    outcome: [OUTCOMES[textAt(event, 'outcome')] ?? '', textAt(event, 'outcomeDesc')].filter((text) => text !== '').join(': '),
    brokeGlass: objectsAt(event, 'agent').some((agent) => Array.isArray(agent['policy']) && agent['policy'].includes(BREAK_GLASS_POLICY)),
  };
}

/**
 * Prints a trace, one fact a line.
 *
 * @param nameOf name of an Organization, by logical id
 */
export function printTrace(trace: TraceView, nameOf: (organization: string) => string): void {
  facts([
    ['When', trace.when],
    ['Who', trace.facility === undefined ? trace.who : `${trace.who} at ${nameOf(trace.facility)}`],
    ['From', trace.where],
    ['What', trace.what],
    ['Query', decodeURIComponent(trace.query)],
    ['Purpose', trace.brokeGlass ? `${trace.why} (broke the glass)` : trace.why],
    ['Patients', trace.patients],
    ['Outcome', trace.outcome],
    ['Kept as', `AuditEvent/${trace.id}`],
  ]);
}
