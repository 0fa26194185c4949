import type { Resource } from '../fhir/resource.ts';
import { sourceOfUri } from '../normalize/index.ts';
import type { Services } from '../services.ts';
import type { Assumption, Change } from '../store/store.ts';
import type { Traits } from './match-patients.ts';
import { matchPatients } from './match-patients.ts';
import { personIdOf, traitsOf } from './patient-traits.ts';
import type { PatientLink, Person, ResidentId } from './person.ts';
import { idOf, personResource } from './person.ts';
import { type StoredPerson, personsOf, personsWithResidentId, toStoredPerson } from './persons.ts';
import { parseReview, reviewIdOf, reviewOf } from './review.ts';

/** What must be committed together with the Patients. */
export interface PersonChanges { readonly changes: readonly Change[]; readonly assuming: readonly Assumption[] }

interface Arrival extends PatientLink { readonly traits: Traits; readonly personId: string }

/**
 * The Persons, and the reviews of doubtful ones, that follow from Patients about to be created or changed. A Patient whose
 * name or number changed moves from one Person to another. On ServiceError 'conflict' of the commit, ask again.
 *
 * @param patients with their logical ids
 * @param known Organizations that know them besides the institutions that sent or manage them
 * @see docs/decisions/0063-persons.md
 */
export async function personChanges(services: Services, patients: readonly Resource[], known: readonly string[] = []): Promise<PersonChanges> {
  const arrivals = patients.flatMap((patient) => arrivalOf(services, patient, known));
  if (arrivals.length === 0) return { changes: [], assuming: [] };
  const linked = await personsOf(services, arrivals.map((arrival) => arrival.patient));
  const residentIds = uniqueIds([...arrivals.map(({ traits }) => traits), ...linked.persons]);
  const named = residentIds.length === 0 ? undefined : await personsWithResidentId(services, residentIds);
  const { persons: targets, reviews } = await readTargets(services, arrivals, residentIds);
  const before = new Map([...targets, ...linked.persons, ...named?.persons ?? []].map((person) => [person.id, person]));
  const after = relink(before, arrivals);
  return {
    changes: [...changedPersons(before, after), ...reviewChanges(residentIds, after, { reviews, now: services.clock().toISOString() })],
    assuming: [linked.assumption, ...(named === undefined ? [] : [named.assumption])],
  };
}

function arrivalOf(services: Services, patient: Resource, known: readonly string[]): Arrival[] {
  if (patient.id === undefined) return [];
  const traits = traitsOf(patient);
  const institution = institutionOf(services, patient);
  const knownAt = [...new Set([...known, ...(institution === undefined ? [] : [institution])])].sort();
  return [{ patient: patient.id, knownAt, traits, personId: personIdOf(patient.id, traits) }];
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

/** Each arriving Patient leaves the Persons that it does not belong to, and joins its own. */
function relink(before: ReadonlyMap<string, StoredPerson>, arrivals: readonly Arrival[]): ReadonlyMap<string, Person> {
  const after = new Map<string, Person>(before);
  for (const { patient, knownAt, traits, personId } of arrivals) {
    for (const person of after.values()) {
      const others = person.links.filter((link) => link.patient !== patient);
      if (others.length < person.links.length) after.set(person.id, { ...person, links: others });
    }
    const person = after.get(personId);
    after.set(personId, { id: personId, ...traits, links: [...person?.links ?? [], { patient, knownAt }] });
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
  const alive = [...after.values()].filter((person) => person.links.length > 0);
  return residentIds.flatMap((residentId): Change[] => {
    const carriers = alive.filter((person) => person.residentId?.number === residentId.number);
    const inDoubt = carriers.filter((person) => carriers.some((other) => other !== person && matchPatients(person, other).grade === 'probable'));
    const current = reviews.get(reviewIdOf(residentId));
    const review = reviewOf(residentId, inDoubt, current?.review, now);
    return review === undefined ? [] : [{ kind: 'put', resource: review, expectedVersion: current?.version ?? 0 }];
  });
}
