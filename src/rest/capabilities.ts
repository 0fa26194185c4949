import manifest from '../../package.json' with { type: 'json' };
import type { SearchParameter } from '../fhir/search/parameters.ts';
import type { Operation } from '../http/operation.ts';
import type { Services } from '../services.ts';
import type { Answer } from './answer.ts';
import { PAGE_PARAMETER } from '../http/page-link.ts';

/** Interactions of every resource type, but for traces, which are only read. */
const READS = ['read', 'vread', 'history-instance', 'history-type', 'search-type'] as const;
const WRITES = ['create', 'update', 'delete'] as const;
const SYSTEM = ['transaction', 'batch', 'history-system'] as const;
const VALIDATE = { name: 'validate', definition: 'http://hl7.org/fhir/OperationDefinition/Resource-validate' };

const statements = new WeakMap<Services, Map<string, Answer>>();

/**
 * What this server offers, derived from the definitions that the routes themselves work with. Made once for each address
 * under which the server is asked.
 *
 * @see https://hl7.org/fhir/R4/capabilitystatement.html
 */
export function capabilities(services: Services, operations: readonly Operation[], base: string): Answer {
  const made = statements.get(services) ?? new Map<string, Answer>();
  statements.set(services, made);
  const known = made.get(base);
  if (known !== undefined) return known;
  const answer = { status: 200, body: JSON.stringify(statementOf(services, operations, base)) };
  // A client may ask under any Host: only the first addresses are worth keeping.
  if (made.size < 4) made.set(base, answer);
  return answer;
}

function statementOf(services: Services, operations: readonly Operation[], base: string): object {
  const { definitions } = services.fhir;
  const referring = referringParameters(services);
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: services.clock().toISOString(),
    publisher: 'Bund',
    kind: 'instance',
    software: { name: 'Bund', version: manifest.version },
    implementation: { description: 'Bund, a regional health-information exchange', url: base },
    fhirVersion: '4.0.1',
    format: ['json', 'application/fhir+json'],
    rest: [{
      mode: 'server',
      documentation: `Every request has its trace before the answer. Further pages are reached by the next link alone (${PAGE_PARAMETER} is opaque). An unknown search parameter or modifier is refused unless Prefer: handling=lenient.`,
      security: {
        cors: false,
        service: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/restful-security-service', code: 'SMART-on-FHIR' }], text: 'OAuth 2.0 bearer tokens' }],
      },
      resource: definitions.resourceTypes.map((type) => resourceOf(services, type, { referring, operations })),
      interaction: SYSTEM.map((code) => ({ code })),
    }],
  };
}

interface Offered { readonly referring: ReadonlyMap<string, readonly string[]>; readonly operations: readonly Operation[] }

function resourceOf(services: Services, type: string, { referring, operations }: Offered): object {
  const isTrace = type === 'AuditEvent';
  const parameters = [...services.fhir.searchParameters.of(type).values()].filter((parameter) => parameter.isSearchable);
  const profiles = [...services.fhir.definitions.structures.values()].filter((structure) => structure.type === type && structure.derivation === 'constraint');
  const references = parameters.filter((parameter) => parameter.type === 'reference').map((parameter) => `${type}:${parameter.code}`);
  return {
    type,
    profile: `http://hl7.org/fhir/StructureDefinition/${type}`,
    ...unlessEmpty('supportedProfile', profiles.map((structure) => structure.url)),
    interaction: [...READS, ...(isTrace ? [] : WRITES)].map((code) => ({ code })),
    versioning: 'versioned-update',
    readHistory: true,
    updateCreate: !isTrace,
    conditionalCreate: !isTrace,
    conditionalRead: 'full-support',
    conditionalUpdate: !isTrace,
    conditionalDelete: isTrace ? 'not-supported' : 'single',
    referencePolicy: ['literal', 'logical', 'local'],
    ...unlessEmpty('searchInclude', references),
    ...unlessEmpty('searchRevInclude', referring.get(type) ?? []),
    ...unlessEmpty('searchParam', parameters.map(searchParameterOf)),
    operation: [VALIDATE, ...operations.filter((operation) => operation.type === type).map(({ name, definition }) => ({ name, definition }))],
  };
}

/** FHIR knows no empty list. */
function unlessEmpty<T>(name: string, list: readonly T[]): Record<string, readonly T[]> {
  return list.length === 0 ? {} : { [name]: list };
}

/** Target type -> the reference parameters that can point to it, as `_revinclude` names them. */
function referringParameters({ fhir }: Services): ReadonlyMap<string, readonly string[]> {
  const referring = new Map<string, string[]>();
  for (const type of fhir.definitions.resourceTypes) {
    for (const parameter of fhir.searchParameters.of(type).values()) {
      for (const target of parameter.isSearchable ? parameter.targets : []) {
        const known = referring.get(target) ?? [];
        known.push(`${type}:${parameter.code}`);
        referring.set(target, known);
      }
    }
  }
  return referring;
}

function searchParameterOf({ code, definition, type, modifiers }: SearchParameter): object {
  return {
    name: code,
    definition: definition.url,
    type,
    ...(modifiers.length === 0 ? {} : { documentation: `Modifiers: ${modifiers.map((modifier) => `:${modifier}`).join(' ')}` }),
  };
}
