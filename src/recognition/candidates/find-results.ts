import type { Resource } from '../../fhir/resource.ts';
import { resourceOf } from '../../fhir/body.ts';
import type { Clause } from '../../fhir/search/query.ts';
import { MAX_PAGE_SIZE } from '../../fhir/search/query.ts';
import type { Services } from '../../services.ts';
import type { Store, Stored } from '../../store/store.ts';
import { ITEM_SYSTEM } from '../../terminology/index.ts';
import type { CatalogueRow } from '../rules/catalogue-item.ts';
import { codingsOf, idsOf } from './elements.ts';
import type { Examination } from './prior-examination.ts';
import type { ReadResource } from './prior-result.ts';
import { itemOf } from './prior-result.ts';

/** Results that are read at once, of all items together; for few items fewer, since reading them is most of the work. */
const MOST_RESULTS = 300;
const FEWEST_RESULTS = 50;
/** Of one item: the best is among the newest, and a trend needs no more. */
export const MOST_OF_AN_ITEM = 12;
const MOST_EXAMINATIONS = 100;
const NEWEST_FIRST = [{ param: 'date', of: 'date', descending: true }] as const;

/**
 * The person's newest results of some items. One search, whatever their number; a second only where so many of one item came
 * back that there was no room for another.
 */
export async function findResults({ store }: Pick<Services, 'store'>, patients: readonly string[], items: readonly string[]): Promise<ReadonlyMap<string, readonly ReadResource[]>> {
  const found = new Map<string, ReadResource[]>();
  for (let missing = items, tries = 0; missing.length > 0 && tries < 2; tries++) {
    const codes: Clause = { kind: 'token', param: 'code', anyOf: missing.map((code) => ({ system: ITEM_SYSTEM, code })) };
    const limit = Math.min(MOST_RESULTS, Math.max(FEWEST_RESULTS, missing.length * MOST_OF_AN_ITEM * 2));
    const page = await store.search({ type: 'Observation', where: [ofPatients(patients), codes], sort: NEWEST_FIRST, limit });
    for (const stored of page.items) addTo(found, parsed(stored));
    missing = page.next === undefined ? [] : missing.filter((item) => !found.has(item));
  }
  return found;
}

function addTo(found: Map<string, ReadResource[]>, result: ReadResource): void {
  const item = itemOf(result.resource);
  if (item === undefined) return;
  const results = found.get(item) ?? [];
  found.set(item, results);
  if (results.length < MOST_OF_AN_ITEM) results.push(result);
}

/** The reports in which results stand, by the result; of several the last issued, which replaced the others. */
export async function findReports({ store }: Pick<Services, 'store'>, patients: readonly string[], results: readonly string[]): Promise<ReadonlyMap<string, ReadResource>> {
  if (results.length === 0) return new Map();
  const having: Clause = { kind: 'reference', param: 'result', anyOf: results.map((id) => ({ type: 'Observation', id })) };
  const { items } = await store.search({ type: 'DiagnosticReport', where: [ofPatients(patients), having], sort: [], limit: MAX_PAGE_SIZE });
  const reports = items.map(parsed).sort(byIssued);
  return new Map(reports.flatMap((report) => idsOf(report.resource['result'], 'Observation').map((id) => [id, report] as const)));
}

function byIssued({ resource: a }: ReadResource, { resource: b }: ReadResource): number {
  const [left, right] = [a, b].map(({ issued }) => Date.parse(typeof issued === 'string' ? issued : '') || 0);
  return (left ?? 0) - (right ?? 0) || ((a.id ?? '') < (b.id ?? '') ? -1 : 1);
}

/** The person's examinations of some rows, by the code of the report or of the study. */
export async function findExaminations(services: Pick<Services, 'store'>, patients: readonly string[], rows: readonly CatalogueRow[]): Promise<ReadonlyMap<CatalogueRow, readonly Examination[]>> {
  if (rows.length === 0) return new Map();
  const { store } = services;
  const codes: Clause = { kind: 'token', param: 'code', anyOf: rows.flatMap(({ codes: known }) => known) };
  const modalities: Clause = { kind: 'token', param: 'modality', anyOf: [...new Set(rows.flatMap(({ examined }) => modalitiesOf(examined?.modality)))].map((code) => ({ code })) };
  const [reports, studies] = await Promise.all([
    newestOf(store, { type: 'DiagnosticReport', where: [ofPatients(patients), codes], date: 'date' }),
    newestOf(store, { type: 'ImagingStudy', where: [ofPatients(patients), modalities], date: 'started' }),
  ]);
  const more = await readMissing(store, reports, studies);
  return new Map(rows.map((row) => [row, examinationsOf(row, reports, [...studies, ...more])]));
}

/** A study that its report names is the images of it; one of another modality than the row's was not found with the others. */
async function readMissing(store: Store, reports: readonly ReadResource[], studies: readonly ReadResource[]): Promise<readonly ReadResource[]> {
  const known = new Set(studies.map(({ resource }) => resource.id));
  const missing = new Set(reports.flatMap(({ resource }) => idsOf(resource['imagingStudy'], 'ImagingStudy')).filter((id) => !known.has(id)));
  const stored = missing.size === 0 ? [] : await store.readMany([...missing].map((id) => ({ type: 'ImagingStudy', id })));
  return stored.filter(({ deleted }) => !deleted).map(parsed);
}

function examinationsOf(row: CatalogueRow, reports: readonly ReadResource[], studies: readonly ReadResource[]): readonly Examination[] {
  const isOf = (concept: Resource[string]): boolean => codingsOf(concept).some(({ system, code }) => row.codes.some((known) => known.system === system && known.code === code));
  const reported = reports.filter(({ resource }) => isOf(resource['code'])).flatMap((report): Examination[] => {
    const own = studies.filter(({ resource }) => idsOf(report.resource['imagingStudy'], 'ImagingStudy').includes(resource.id ?? ''));
    return own.length === 0 ? [{ study: undefined, report }] : own.map((study) => ({ study, report }));
  });
  const seen = new Set(reported.map(({ study }) => study?.resource.id));
  const others = studies.filter(({ resource }) => !seen.has(resource.id) && isOf(resource['procedureCode'])).map((study): Examination => ({ study, report: undefined }));
  return [...reported, ...others].slice(0, MOST_OF_AN_ITEM);
}

async function newestOf(store: Store, { type, where, date }: { readonly type: string; readonly where: readonly Clause[]; readonly date: string }): Promise<readonly ReadResource[]> {
  const { items } = await store.search({ type, where, sort: [{ param: date, of: 'date', descending: true }], limit: MOST_EXAMINATIONS });
  return items.map(parsed);
}

/** Digital and computed radiography are one machine to a physician. */
function modalitiesOf(modality: string | undefined): readonly string[] {
  if (modality === 'DX' || modality === 'CR') return ['DX', 'CR'];
  return modality === undefined ? [] : [modality];
}

export function ofPatients(patients: readonly string[]): Clause {
  return { kind: 'reference', param: 'patient', anyOf: patients.map((id) => ({ type: 'Patient', id })) };
}

export function parsed({ body, version }: Stored): ReadResource {
  return { resource: resourceOf(body), version };
}
