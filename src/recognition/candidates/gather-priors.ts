import { type JsonObject, type Resource, textOf } from '../../fhir/resource.ts';
import { resourceOf } from '../../fhir/body.ts';
import type { Services } from '../../services.ts';
import type { CatalogueRow } from '../rules/catalogue-item.ts';
import type { PriorResult } from '../rules/facts.ts';
import { isRefused } from './consent.ts';
import { idsOf } from './elements.ts';
import { findExaminations, findReports, findResults, ofPatients, parsed } from './find-results.ts';
import { departmentsOf, performerOf } from './performers.ts';
import { type Examination, priorOfExamination } from './prior-examination.ts';
import { priorOfObservation, type ReadResource } from './prior-result.ts';

/** For whom is ordered: the record at the ordering institution, and all records that are certainly of the same person. */
export interface Subject { readonly patient: string; readonly patients: readonly string[] }

/** What was found of one item, and whether the person lets the ordering institution know of it. */
export interface Gathered {
  readonly prior: PriorResult;
  readonly consent: 'permitted' | 'refused';
  /** The Observation, the ImagingStudy, or the report where there is nothing else. */
  readonly resource: Resource;
  readonly report: ReadResource | undefined;
}

/** Who orders, and when. */
export interface Ordering { readonly organization: string; readonly now: Date }

/** What was never a result, or is none any more. */
const RETRACTED: ReadonlySet<string> = new Set(['entered-in-error', 'cancelled']);
const MOST_CONSENTS = 200;

/**
 * Finds the newest prior results of some items and reads the facts out of them, by a fixed number of questions to the store,
 * however many items and results there are.
 *
 * @returns by item; the newest first
 */
export async function gatherPriors(services: Services, { patients }: Subject, rows: readonly CatalogueRow[], ordering: Ordering): Promise<ReadonlyMap<string, readonly Gathered[]>> {
  const [results, examinations, consents] = await Promise.all([
    findResults(services, patients, rows.filter(({ kind }) => kind === 'laboratory').map(({ item }) => item)),
    findExaminations(services, patients, rows.filter(({ kind }) => kind === 'imaging')),
    findConsents(services, patients),
  ]);
  const observations = [...results.values()].flat();
  const [reports, beside] = await Promise.all([
    findReports(services, patients, observations.map(({ resource }) => textOf(resource.id))),
    readBeside(services, [...observations, ...[...examinations.values()].flat().flatMap(({ study, report }) => [study, report].filter((one) => one !== undefined))]),
  ]);
  const reading: Reading = { services, patients: new Set(patients), reports, ...beside };
  const gathered = [
    ...observations.map((observation) => ofObservation(reading, observation)),
    ...[...examinations].flatMap(([row, all]) => all.map((examination) => ofExamination(reading, row, examination))),
  ].filter(({ prior }) => !prior.statuses.some((status) => RETRACTED.has(status)));
  const consented = gathered.map((one): Gathered => ({ ...one, consent: consentOf(services, consents, one, ordering) }));
  return Map.groupBy(consented, ({ prior }) => prior.item ?? '');
}

interface Reading {
  readonly services: Services;
  readonly patients: ReadonlySet<string>;
  readonly reports: ReadonlyMap<string, ReadResource>;
  /** By logical id. */
  readonly specimens: ReadonlyMap<string, JsonObject>;
  readonly organizations: ReadonlyMap<string, JsonObject>;
}

type Unconsented = Omit<Gathered, 'consent'>;

function ofObservation(reading: Reading, observation: ReadResource): Unconsented {
  const { services, reports, specimens } = reading;
  const { resource } = observation;
  const report = reports.get(textOf(resource.id));
  const [specimen] = idsOf(resource['specimen'], 'Specimen');
  const prior = priorOfObservation(observation, {
    ...surroundings(reading, resource), report,
    specimen: specimen === undefined ? undefined : specimens.get(specimen),
    unitOf: (item) => services.codes.items.get(item)?.unit,
  });
  return { prior, resource, report };
}

function ofExamination(reading: Reading, row: CatalogueRow, examination: Examination): Unconsented {
  const one = (examination.study ?? examination.report).resource;
  // Who reported it is the institution whose mark counts; a study rarely says.
  const performed = examination.report?.resource ?? one;
  const prior = priorOfExamination(examination, row, { ...surroundings(reading, performed), unitOf: () => undefined });
  return { prior, resource: one, report: examination.report };
}

function surroundings({ services, patients, organizations }: Reading, resource: Resource) {
  const [patient = ''] = idsOf(resource['subject'], 'Patient');
  return {
    patient,
    // The search asked for these records alone; only certain ones are linked.
    grade: patients.has(patient) ? 'certain' as const : 'not' as const,
    performer: performerOf(services, resource, organizations),
    tables: services.recognition,
    offsetMinutes: services.config.offsetMinutes,
  };
}

async function readBeside(services: Services, resources: readonly ReadResource[]): Promise<Pick<Reading, 'specimens' | 'organizations'>> {
  const all = resources.map(({ resource }) => resource);
  const specimens = new Set(all.filter(({ resourceType }) => resourceType === 'Observation').flatMap(({ specimen }) => idsOf(specimen, 'Specimen')));
  const wanted = [...[...specimens].map((id) => ({ type: 'Specimen', id })), ...departmentsOf(services, all).map((id) => ({ type: 'Organization', id }))];
  const stored = wanted.length === 0 ? [] : await services.store.readMany(wanted);
  const ofType = (type: string): ReadonlyMap<string, JsonObject> => new Map(stored.filter((one) => one.type === type && !one.deleted).map(({ id, body }) => [id, resourceOf(body)]));
  return { specimens: ofType('Specimen'), organizations: ofType('Organization') };
}

async function findConsents({ store }: Services, patients: readonly string[]): Promise<readonly Resource[]> {
  const active = { kind: 'token', param: 'status', anyOf: [{ code: 'active' }] } as const;
  const { items } = await store.search({ type: 'Consent', where: [ofPatients(patients), active], sort: [], limit: MOST_CONSENTS });
  return items.map((item) => parsed(item).resource);
}

/** What an institution measured itself it knows. */
function consentOf({ config }: Services, consents: readonly Resource[], { prior, resource }: Unconsented, { organization, now }: Ordering): Gathered['consent'] {
  if (prior.performer?.organization === organization) return 'permitted';
  return isRefused(consents, { reference: prior.reference, report: prior.report, resource }, { organization, now, offsetMinutes: config.offsetMinutes }) ? 'refused' : 'permitted';
}
