import type { FeedConsumer } from '../../follow-feed.ts';
import { commitOnce } from '../../commit-once.ts';
import { traceChange } from '../../audit/index.ts';
import { resourceOf } from '../../fhir/body.ts';
import type { Resource } from '../../fhir/resource.ts';
import { isObject, textOf } from '../../fhir/resource.ts';
import { patientsOf, personsOf } from '../../identity/index.ts';
import { sourceOfUri } from '../../normalize/index.ts';
import type { Services } from '../../services.ts';
import type { Stored } from '../../store/store.ts';
import { codingsOf, idsOf } from '../candidates/elements.ts';
import type { Gathered } from '../candidates/gather-priors.ts';
import { gatherPriors } from '../candidates/gather-priors.ts';
import { itemOf } from '../candidates/prior-result.ts';
import { districtDay } from '../catalogue/days.ts';
import { EXCHANGE } from '../decisions/exchange.ts';
import type { CatalogueRow } from '../rules/catalogue-item.ts';
import { coverageOf, type Coverage } from './coverage.ts';
import { orderingDoctor } from './ordering-doctor.ts';
import { doneAt, repeatable } from './repeatable.ts';
import { REPEAT_TYPE, repeatIdOf, repeatResource, type Repeat } from './repeat.ts';

const COMPLETE: ReadonlySet<string> = new Set(['final', 'amended', 'corrected', 'appended', 'available']);
const RETRACTED: ReadonlySet<string> = new Set(['entered-in-error', 'cancelled']);

/** Finds tests that were done again although a prior result could have been recognised, by following what is stored. */
export function findingRepeats(services: Services): FeedConsumer {
  return {
    name: 'recognition-repeats',
    types: ['Observation', 'ImagingStudy', 'DiagnosticReport'],
    handle: async (items, signal) => {
      await withdraw(services, items);
      const arrived = items.flatMap((stored) => arrivalOf(services, stored) ?? []);
      for (const group of Map.groupBy(arrived, ({ patient, organization }) => `${patient} ${organization}`).values()) {
        if (signal.aborted) return;
        await compare(services, group);
      }
    },
  };
}

/** A complete result of an item of the catalogue. */
interface Arrival { readonly patient: string; readonly organization: string; readonly row: CatalogueRow; readonly reference: string }

function arrivalOf(services: Services, stored: Stored): Arrival | undefined {
  if (stored.deleted) return undefined;
  const resource = resourceOf(stored.body);
  const [patient] = idsOf(resource['subject'], 'Patient');
  if (patient === undefined || !COMPLETE.has(textOf(resource['status']))) return undefined;
  const day = districtDay(stored.lastUpdated, services.config.offsetMinutes);
  const row = rowOf(services, resource, day);
  const source = sourceOfUri(isObject(resource.meta) ? textOf(resource.meta['source']) : '');
  return row === undefined ? undefined : { patient, row, organization: services.sources.get(source ?? '')?.organization.id ?? '', reference: `${stored.type}/${stored.id}` };
}

function rowOf({ recognition }: Services, resource: Resource, day: string): CatalogueRow | undefined {
  const item = resource.resourceType === 'Observation' ? itemOf(resource) : examinedItem(recognition.itemsOf(codingsOf(resource[resource.resourceType === 'ImagingStudy' ? 'procedureCode' : 'code']), day));
  const row = item === undefined ? undefined : recognition.rowFor(item, day);
  // A report of the laboratory is its results.
  return row === undefined || (row.kind === 'laboratory') !== (resource.resourceType === 'Observation') ? undefined : row;
}

function examinedItem(ordered: ReturnType<Services['recognition']['itemsOf']>): string | undefined {
  return ordered?.kind === 'item' ? ordered.item : undefined;
}

/** The results that arrived, of one patient, against all of the person's: those done later may turn out to be repeats of one that comes late. */
async function compare(services: Services, arrived: readonly Arrival[]): Promise<void> {
  const [first] = arrived;
  if (first === undefined) return;
  const { persons } = await personsOf(services, [first.patient]);
  const subject = { patient: first.patient, patients: [...new Set([first.patient, ...patientsOf(persons)])] };
  const rows = [...new Map(arrived.map(({ row }) => [row.item, row])).values()];
  const gathered = await gatherPriors(services, subject, rows, { organization: first.organization, now: services.clock() });
  for (const row of rows) {
    const all = gathered.get(row.item) ?? [];
    const since = Math.min(...arrived.filter((one) => one.row === row).map(({ reference }) => sinceOf(all, reference)));
    for (const done of all.filter(({ prior }) => (doneAt(prior) ?? -1) >= since)) await judge(services, subject.patients, done, all);
  }
}

/** From when on results are compared anew: since the one that arrived; an examination goes by its report or by its images. */
function sinceOf(all: readonly Gathered[], reference: string): number {
  const own = all.find(({ prior }) => prior.reference === reference || prior.report === reference);
  return own === undefined ? Number.POSITIVE_INFINITY : doneAt(own.prior) ?? Number.POSITIVE_INFINITY;
}

async function judge(services: Services, patients: readonly string[], done: Gathered, all: readonly Gathered[]): Promise<void> {
  const { recognition, config: { offsetMinutes }, store } = services;
  const { item, performer, reference, patient } = done.prior;
  const at = doneAt(done.prior);
  if (item === undefined || performer === undefined || at === undefined || !done.prior.statuses.every((status) => COMPLETE.has(status))) return;
  const instant = new Date(at).toISOString();
  const day = districtDay(instant, offsetMinutes);
  const prior = repeatable(done, all, {
    row: recognition.rowFor(item, day), certificatesOf: (organization) => recognition.certificatesOf(organization, item),
    scopes: new Map(recognition.scopes.map((scope) => [scope.id, scope])), offsetMinutes,
  })?.prior;
  if (prior?.performer === undefined) return;
  const id = repeatIdOf(reference);
  const known = await store.read({ type: REPEAT_TYPE, id });
  if (known?.deleted === false) return;
  const coverage: Coverage = await coverageOf(services, { patients, item, prior: prior.reference, result: done.resource });
  if (coverage === 'explained') return;
  const doctor = await orderingDoctor(services, done.resource);
  await record(services, {
    id, organization: performer.organization, ...(doctor === undefined ? {} : { doctor }), item, month: day.slice(0, 7), at: instant, patient, result: reference,
    prior: { result: prior.reference, organization: prior.performer.organization, at: new Date(doneAt(prior) ?? at).toISOString() },
    isOwn: prior.performer.organization === performer.organization, isAfterAcceptance: coverage === 'accepted',
  });
}

async function record(services: Services, repeat: Repeat): Promise<void> {
  await commitOnce(services, [
    { kind: 'put', resource: repeatResource(repeat), expectedVersion: 0 },
    traceChange(services, EXCHANGE, {
      action: 'create', interaction: 'recognition-repeat', outcome: 'success', resources: [`${REPEAT_TYPE}/${repeat.id}`, repeat.result, repeat.prior.result], patients: [`Patient/${repeat.patient}`],
    }),
  ]);
}

/** A result that was retracted was no repeated test. */
async function withdraw(services: Services, items: readonly Stored[]): Promise<void> {
  const gone = items.filter((stored) => stored.version > 1 && (stored.deleted || RETRACTED.has(textOf(resourceOf(stored.body)['status']))));
  if (gone.length === 0) return;
  const keys = gone.map(({ type, id }) => ({ type: REPEAT_TYPE, id: repeatIdOf(`${type}/${id}`) }));
  for (const { id, version, deleted } of await services.store.readMany(keys)) {
    if (deleted) continue;
    await commitOnce(services, [
      { kind: 'delete', key: { type: REPEAT_TYPE, id }, expectedVersion: version },
      traceChange(services, EXCHANGE, { action: 'delete', interaction: 'recognition-repeat', outcome: 'success', resources: [`${REPEAT_TYPE}/${id}`] }),
    ]);
  }
}
