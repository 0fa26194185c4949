import type { Caller, Permit } from '../access/index.ts';
import { authorize } from '../access/index.ts';
import { recordTrace } from '../audit/index.ts';
import { ServiceError } from '../errors.ts';
import type { ErrorKind } from '../errors.ts';
import type { IssueCode } from '../fhir/outcome.ts';
import type { JsonObject } from '../fhir/resource.ts';
import type { Clause } from '../fhir/search/query.ts';
import { RESIDENT_ID_SYSTEMS } from '../fhir/validation/identifiers.ts';
import { sourceOfUri } from '../normalize/index.ts';
import type { Services } from '../services.ts';
import { MOST_PER_KEY, recordsOf } from './find-records.ts';
import type { MatchRecord } from './match-record.ts';
import { storedRecord } from './match-record.ts';
import { knownAtInstitution } from './known-at-institution.ts';
import type { DomainIdentifier, PixRequest } from './pix-request.ts';
import { patientsOf, personsOf } from './persons.ts';
import { objectsOf } from '../fhir/resource.ts';

/**
 * The other identifiers of a person whom the caller knows by one: those of all records that are certainly of the same person.
 * A source asks by its own patient numbers alone and is told the numbers that other institutions gave; others also the resident ID.
 *
 * @param base public address of the FHIR API: the domain of logical ids
 * @returns Parameters with `targetIdentifier` and `targetId`
 * @throws ServiceError 'forbidden'; 'malformed', 'not-found', 'forbidden' as ITI-83 demands for a domain or an identifier that is not known
 * @see https://profiles.ihe.net/ITI/PIXm/ITI-83.html
 */
export async function crossReference(services: Services, caller: Caller, request: PixRequest, base: string): Promise<JsonObject> {
  const { source, targetSystems } = request;
  const domains = domainsFor(services, caller, base);
  const owner = [...services.sources.values()].find(({ patientNumberSystem }) => patientNumberSystem === source.system)?.id;
  if (owner === undefined && !RESIDENT_ID_SYSTEMS.includes(source.system) && source.system !== base) throw failure('malformed', 'code-invalid', 'sourceIdentifier Assigning Authority not found');
  const sought = await recordsOfIdentifier(services, source, { base, owner, limits: [] });
  const permit = await authorize(services, caller, { action: 'identity-match', type: 'Patient', query: queryOf(request), source: owner ?? '', patients: sought.map(({ patient }) => patient) });
  if (!targetSystems.every((system) => domains.has(system))) throw await refusedTarget(services, caller, request);
  const found = await allowedOf(services, caller, { base, owner, source, permit, sought });
  if (found.length === 0) throw failure('not-found', 'not-found', 'sourceIdentifier Patient Identifier not found');
  const { persons } = await personsOf(services, found.map(({ patient }) => patient));
  if (persons.length > 1) throw failure('conflict', 'multiple-matches', 'Several persons carry the sourceIdentifier, so that none is told');
  const records = await recordsOf(services, [...new Set([...found.map(({ patient }) => patient), ...patientsOf(persons)])]);
  await recordTrace(services, caller, {
    action: 'operation', interaction: 'ihe-pix', outcome: 'success', query: queryOf(request), patients: records.map(({ patient }) => `Patient/${patient}`),
    ...(permit.breakGlass === undefined ? {} : { breakGlass: permit.breakGlass }),
  });
  return answerOf(records, { request, base, domains });
}

/** The domains whose identifiers the caller may be told. */
function domainsFor({ sources }: Services, { role }: Caller, base: string): ReadonlySet<string> {
  return new Set([...[...sources.values()].map(({ patientNumberSystem }) => patientNumberSystem), base, ...(role === 'source' ? [] : RESIDENT_ID_SYSTEMS)]);
}

interface Lookup { readonly base: string; readonly owner: string | undefined; readonly limits: readonly Clause[] }

async function recordsOfIdentifier({ store }: Services, { system, value }: DomainIdentifier, { base, owner, limits }: Lookup): Promise<readonly MatchRecord[]> {
  const systems = RESIDENT_ID_SYSTEMS.includes(system) ? RESIDENT_ID_SYSTEMS : [system];
  const clause: Clause = system === base
    ? { kind: 'id', anyOf: [value.replace(/^Patient\//, '')] }
    : { kind: 'token', param: 'identifier', anyOf: systems.map((one) => ({ system: one, code: value })) };
  const { items } = await store.search({ type: 'Patient', where: [clause, ...limits], sort: [], limit: MOST_PER_KEY });
  const records = items.map(({ id, body }) => storedRecord(id, body));
  // Whoever repeats a number of another institution does not say whose it is.
  const own = records.filter(({ resource }) => owner !== undefined && sourceOfUri(resource.meta?.['source']) === owner);
  return own.length > 0 ? own : records;
}

interface Allowed extends Omit<Lookup, 'limits'> { readonly source: DomainIdentifier; readonly permit: Permit; readonly sought: readonly MatchRecord[] }

/** The records that the permit covers; for a caller with a limit one that is not covered does not exist. */
async function allowedOf(services: Services, caller: Caller, { base, owner, source, permit, sought }: Allowed): Promise<readonly MatchRecord[]> {
  if (permit.breakGlass !== undefined) return sought.filter(({ patient }) => permit.breakGlass?.patients.includes(patient));
  const limits = [...permit.limits, ...knownAtInstitution(services, caller)];
  return limits.length === 0 ? sought : recordsOfIdentifier(services, source, { base, owner, limits });
}

interface Answering { readonly request: PixRequest; readonly base: string; readonly domains: ReadonlySet<string> }

function answerOf(records: readonly MatchRecord[], { request: { source, targetSystems }, base, domains }: Answering): JsonObject {
  const isWanted = (system: unknown): system is string => typeof system === 'string' && (targetSystems.length === 0 ? domains.has(system) : targetSystems.includes(system));
  const told = records.map(({ patient, resource }) => ({
    patient,
    identifiers: objectsOf(resource['identifier']).filter(({ system, value, use }) => isWanted(system) && typeof value === 'string' && use !== 'old' && !(system === source.system && value === source.value)),
  }));
  const identifiers = new Map(told.flatMap((record) => record.identifiers).map(({ system, value, use }) => [JSON.stringify([system, value]), { ...(use === undefined ? {} : { use }), system, value }]));
  const ids = told.filter(({ patient, identifiers: own }) => (isWanted(base) || own.length > 0) && !(source.system === base && source.value.replace(/^Patient\//, '') === patient));
  const parameter = [
    ...[...identifiers.values()].map((valueIdentifier) => ({ name: 'targetIdentifier', valueIdentifier })),
    ...ids.map(({ patient }) => ({ name: 'targetId', valueReference: { reference: `Patient/${patient}` } })),
  ];
  return { resourceType: 'Parameters', ...(parameter.length === 0 ? {} : { parameter }) };
}

/** Traced here: a refusal is traced by whoever refuses. */
async function refusedTarget(services: Services, caller: Caller, request: PixRequest): Promise<ServiceError> {
  await recordTrace(services, caller, { action: 'operation', interaction: 'ihe-pix', outcome: 'refused', reason: 'targetSystem not found', query: queryOf(request) });
  return failure('forbidden', 'code-invalid', 'targetSystem not found');
}

function failure(kind: ErrorKind, code: IssueCode, diagnostics: string): ServiceError {
  return new ServiceError(kind, diagnostics, [{ severity: 'error', code, diagnostics }]);
}

function queryOf({ source: { system, value }, targetSystems }: PixRequest): string {
  return `Patient/$ihe-pix?${[['sourceIdentifier', `${system}|${value}`], ...targetSystems.map((target) => ['targetSystem', target])].map(([name, text]) => `${name}=${encodeURIComponent(text ?? '')}`).join('&')}`;
}
