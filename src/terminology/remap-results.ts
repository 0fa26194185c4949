import { isStoredAs, resourceOf } from '../fhir/body.ts';
import type { Resource } from '../fhir/resource.ts';
import { isObject, referenceTo, textOf } from '../fhir/resource.ts';
import { sourceOfUri } from '../normalize/index.ts';
import type { Services } from '../services.ts';
import type { Change, Stored } from '../store/store.ts';
import type { Gap } from './map-observation.ts';
import { mapObservation } from './map-observation.ts';
import { specimensFor } from './specimens-for.ts';
import { isUcum } from './ucum.ts';

/** What the tables of now make of stored results. */
export interface Remapped {
  /** Writes of those that come out otherwise than they are stored. */
  readonly changes: readonly Change[];
  /** References of these, and of the patients they are about. */
  readonly results: readonly string[];
  readonly patients: readonly string[];
  /** Codes and units that are unmapped in any of the results, changed or not. */
  readonly gaps: readonly Gap[];
}

/** Maps stored results of one source anew, from what they carry. Each write expects the version that it was made from. */
export async function remapResults(services: Services, source: string, stored: readonly Stored[]): Promise<Remapped> {
  const results = stored.filter(({ deleted }) => !deleted).map((item) => ({ item, resource: resourceOf(item.body) })).filter(({ resource }) => sourceOfUri(resource.meta?.['source']) === source);
  const specimens = await specimensFor(services, source, results.map(({ resource }) => resource));
  const tables = { tables: services.codes, source: services.codes.sources.get(source), isUcum, specimens };
  const institution = services.sources.get(source)?.organization.id;
  const mapped = results.map(({ item, resource }) => {
    const { resource: known, gaps } = mapObservation(resource, tables);
    // Another item has another certificate.
    return { item, gaps, resource: services.recognition.stamp(known, institution) };
  });
  const changed = mapped.filter(({ item, resource }) => !isStoredAs(resource, item.id, item));
  return {
    changes: changed.map(({ item, resource }) => ({ kind: 'put', resource: { ...resource, id: item.id }, expectedVersion: item.version })),
    results: changed.map(({ item }) => referenceTo(item)),
    patients: [...new Set(changed.map(({ resource }) => patientOf(resource)).filter((reference) => reference !== undefined))],
    gaps: [...new Map(mapped.flatMap(({ gaps }) => gaps.map((gap) => [JSON.stringify(gap), gap] as const))).values()],
  };
}

function patientOf({ subject }: Resource): string | undefined {
  const reference = isObject(subject) ? textOf(subject['reference']) : '';
  return /^Patient\/[^/]+$/.test(reference) ? reference : undefined;
}
