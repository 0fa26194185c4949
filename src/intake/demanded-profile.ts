import type { JsonValue, Resource } from '../fhir/resource.ts';
import { isObject } from '../fhir/resource.ts';
import type { Source } from './source.ts';

const PROFILES = 'https://bund.example/StructureDefinition/';
const BY_TYPE: ReadonlyMap<string, string> = new Map([
  ['Patient', 'bund-patient'], ['Organization', 'bund-organization'], ['Encounter', 'bund-encounter'],
  ['Specimen', 'bund-specimen'], ['ServiceRequest', 'bund-service-request'], ['ImagingStudy', 'bund-imaging-study'],
]);
/** Diagnostic services of table 0074. @see https://terminology.hl7.org/CodeSystem-v2-0074.html */
const LABORATORY: ReadonlySet<string> = new Set(['LAB', 'HM', 'CH', 'MB', 'SR', 'CP', 'IMM', 'TX', 'VR', 'BLB']);
const IMAGING: ReadonlySet<string> = new Set(['RAD', 'IMG', 'CT', 'NMR', 'RUS', 'RX', 'CUS', 'VUS', 'NMS', 'XRC']);

/**
 * The profile that a resource must keep besides R4: what the source's description demands of its type, else that of its kind.
 *
 * @returns undefined for kinds without a profile of this exchange
 */
export function demandedProfile(resource: Resource, source: Source): string | undefined {
  // A type as sent may be called `toString`: only the description's own members count.
  const demanded = Object.hasOwn(source.demands, resource.resourceType) ? source.demands[resource.resourceType] : undefined;
  const name = demanded ?? BY_TYPE.get(resource.resourceType) ?? profileOfKind(resource);
  return name === undefined || name.includes(':') ? name : PROFILES + name;
}

function profileOfKind(resource: Resource): string | undefined {
  const codes = categoryCodes(resource['category']);
  if (resource.resourceType === 'Observation') return codes.includes('laboratory') ? 'bund-lab-observation' : undefined;
  if (resource.resourceType !== 'DiagnosticReport') return undefined;
  if (codes.some((code) => LABORATORY.has(code))) return 'bund-lab-report';
  return codes.some((code) => IMAGING.has(code)) ? 'bund-imaging-report' : undefined;
}

function categoryCodes(category: JsonValue | undefined): readonly string[] {
  const concepts = Array.isArray(category) ? category.filter(isObject) : [];
  const codings = concepts.flatMap((concept) => (Array.isArray(concept['coding']) ? concept['coding'].filter(isObject) : []));
  return codings.flatMap(({ code }) => (typeof code === 'string' ? [code] : []));
}
