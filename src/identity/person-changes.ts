import type { Resource } from '../fhir/resource.ts';
import { sourceOfUri } from '../normalize/index.ts';
import type { Services } from '../services.ts';
import type { Assumption, Change } from '../store/store.ts';
import type { Traits } from './match-patients.ts';
import { matchPatients } from './match-patients.ts';
import { standingsOf } from './merged-patients.ts';
import type { PatientLink, Person, ResidentId } from './person.ts';
import { idOf, personResource } from './person.ts';
import { type StoredPerson, personsOf, personsWithResidentId, toStoredPerson } from './persons.ts';
import { parseReview, reviewIdOf, reviewOf } from './review.ts';

/** What must be committed together with the Patients. */
export interface PersonChanges { readonly changes: readonly Change[]; readonly assuming: readonly Assumption[] }

interface Arrival extends PatientLink { readonly traits: Traits; readonly personId: string }

/** Patients that a commit is about to change. */
export interface PatientWrites {
  /** To be created or changed, with their logical ids. */
  readonly written?: readonly Resource[];
  /** Logical ids of those to be deleted. */
  readonly deleted?: readonly string[];
}

/**
 * The Persons, and the reviews of doubtful ones, that follow from Patients about to be written or deleted. A Patient whose
 * name or number changed moves from one Person to another; a deleted one leaves its own, and what that Person was known by
 * through it. On ServiceError 'conflict' of the commit, ask again.
 *
 * @see docs/decisions/0063-persons.md
 */
export async function personChanges(services: Services, { written = [], deleted = [] }: PatientWrites): Promise<PersonChanges> {
  const arrivals = await arrivalsOf(services, written);
  const moving = new Set([...arrivals.map((arrival) => arrival.patient), ...deleted]);
  if (moving.size === 0) return { changes: [], assuming: [] };
  const linked = await personsOf(services, [...moving]);
  const residentIds = uniqueIds([...arrivals.map(({ traits }) => traits), ...linked.persons]);
  const named = residentIds.length === 0 ? undefined : await personsWithResidentId(services, residentIds);
  const { persons: targets, reviews } = await readTargets(services, arrivals, residentIds);
  const before = new Map([...targets, ...linked.persons, ...named?.persons ?? []].map((person) => [person.id, person]));
  const after = relink(before, moving, arrivals);
  return {
    changes: [...changedPersons(before, after), ...reviewChanges(residentIds, after, { reviews, now: services.clock().toISOString() })],
    assuming: [linked.assumption, ...(named === undefined ? [] : [named.assumption])],
  };
}

/** A source merges its own records only, so that one it replaced is known where the record is that was written. */
async function arrivalsOf(services: Services, written: readonly Resource[]): Promise<readonly Arrival[]> {
  const institutions = new Map(written.map((patient) => [patient.id, institutionOf(services, patient)] as const));
  const [anyOfSource] = institutions.values();
  return (await standingsOf(services, written)).map((standing) => {
    const institution = institutions.has(standing.patient) ? institutions.get(standing.patient) : anyOfSource;
    return { ...standing, knownAt: institution === undefined ? [] : [institution] };
  });
}

/** A source speaks for its own institution only; `managingOrganization` counts for Patients that no source sent. */
function institutionOf({ sources }: Services, patient: Resource): string | undefined {
  const source = sourceOfUri(patient.meta?.['source']);
  return source === undefined ? idOf(patient['managingOrganization'], 'Organization') : sources.get(source)?.organization.id;
}

function uniqueIds(carriers: readonly { readonly residentId: ResidentId | undefined }[]): ResidentId[] {
  return [...new Map(carriers.flatMap(({ residentId }) => (residentId === undefined ? [] : [[residentId.number, residentId] as const]))).values()];
}

interface Targets { readonly persons: readonly StoredPerson[]; readonly reviews: ReadonlyMap<string, { readonly review: Resource; readonly version: number }> }

/** Persons that were emptied once are found by id only. */
async function readTargets({ store }: Services, arrivals: readonly Arrival[], residentIds: readonly ResidentId[]): Promise<Targets> {
  const personIds = new Set(arrivals.map((arrival) => arrival.personId));
  const keys = [...[...personIds].map((id) => ({ type: 'Person', id })), ...residentIds.map((id) => ({ type: 'Task', id: reviewIdOf(id) }))];
  const stored = (await store.readMany(keys)).filter((item) => !item.deleted);
  return {
    persons: stored.filter((item) => item.type === 'Person').map(toStoredPerson),
    reviews: new Map(stored.filter((item) => item.type === 'Task').map((item) => [item.id, { review: parseReview(item.body), version: item.version }])),
  };
}

/** Each moving Patient leaves the Persons that it belonged to, and each arriving one joins its own. */
function relink(before: ReadonlyMap<string, StoredPerson>, moving: ReadonlySet<string>, arrivals: readonly Arrival[]): ReadonlyMap<string, Person> {
  const after = new Map<string, Person>();
  for (const person of before.values()) after.set(person.id, { ...person, links: person.links.filter((link) => !moving.has(link.patient)) });
  for (const [id, joining] of Map.groupBy(arrivals, (arrival) => arrival.personId)) {
    // Whoever shares a Person has the same traits: its id is derived from them.
    const [first] = joining;
    const links = joining.map(({ patient, knownAt }) => ({ patient, knownAt }));
    if (first !== undefined) after.set(id, { id, ...first.traits, links: [...after.get(id)?.links ?? [], ...links] });
  }
  return after;
}

function changedPersons(before: ReadonlyMap<string, StoredPerson>, after: ReadonlyMap<string, Person>): Change[] {
  return [...after.values()].flatMap((person): Change[] => {
    const was = before.get(person.id);
    const resource = personResource(person);
    if (was !== undefined && JSON.stringify(personResource(was)) === JSON.stringify(resource)) return [];
    return [{ kind: 'put', resource, expectedVersion: was?.version ?? 0 }];
  });
}

function reviewChanges(residentIds: readonly ResidentId[], after: ReadonlyMap<string, Person>, { reviews, now }: Pick<Targets, 'reviews'> & { readonly now: string }): Change[] {
  const alive = Map.groupBy([...after.values()].filter((person) => person.links.length > 0), (person) => person.residentId?.number);
  return residentIds.flatMap((residentId): Change[] => {
    const carriers = alive.get(residentId.number) ?? [];
    const inDoubt = carriers.filter((person) => carriers.some((other) => other !== person && matchPatients(person, other) === 'probable'));
    const current = reviews.get(reviewIdOf(residentId));
    const review = reviewOf(residentId, inDoubt, current?.review, now);
    return review === undefined ? [] : [{ kind: 'put', resource: review, expectedVersion: current?.version ?? 0 }];
  });
}
