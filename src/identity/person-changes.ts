import type { Resource } from '../fhir/resource.ts';
import { sourceOfUri } from '../normalize/index.ts';
import type { Services } from '../services.ts';
import type { Assumption, Change } from '../store/store.ts';
import type { Pair, PersonDecision } from './decision.ts';
import type { Formed } from './form-persons.ts';
import { formPersons } from './form-persons.ts';
import type { MatchRecord } from './match-record.ts';
import { mergedInto } from './merged-patients.ts';
import type { Neighbourhood } from './neighbourhood.ts';
import { neighbourhoodOf } from './neighbourhood.ts';
import type { Question } from './partition.ts';
import { partition } from './partition.ts';
import type { Person } from './person.ts';
import { idOf, personResource } from './person.ts';
import type { StoredPerson } from './persons.ts';
import { toStoredPerson } from './persons.ts';
import { reviewChanges } from './review-changes.ts';

/** What must be committed together with the Patients. */
export interface PersonChanges { readonly changes: readonly Change[]; readonly assuming: readonly Assumption[] }

/** Patients that a commit is about to change, or to look at anew. */
export interface PatientWrites {
  /** To be created or changed, with their logical ids. */
  readonly written?: readonly Resource[];
  /** Logical ids of those to be deleted. */
  readonly deleted?: readonly string[];
  /** Logical ids of those that stay as they are, and whose persons are formed anew. */
  readonly touched?: readonly string[];
  /** What a human decides in the same commit, or takes back. */
  readonly decided?: readonly PersonDecision[];
}

/** Persons that bear an id to be given, and are looked at too, lead on to others at most so often. */
const MOST_ROUNDS = 20;

/**
 * The Persons, and the reviews of doubtful ones, that follow from Patients about to be written or deleted, and from what humans
 * decide. Nothing of the Patients is changed. On ServiceError 'conflict' of the commit, ask again.
 *
 * @see docs/decisions/0101-links-and-who-decides.md
 */
export async function personChanges(services: Services, { written = [], deleted = [], touched = [], decided = [] }: PatientWrites): Promise<PersonChanges> {
  if (written.length + deleted.length + touched.length + decided.length === 0) return { changes: [], assuming: [] };
  const asked = new Set(touched);
  for (let round = 1; round <= MOST_ROUNDS; round++) {
    const around = await neighbourhoodOf(services, { written, deleted, touched: [...asked], decided });
    if ('unchanged' in around) return { changes: [], assuming: around.unchanged };
    const forming = formingOf(around);
    const formed = formPersons(forming.questions.flatMap(partition), (patient) => formedOf(services, around, forming, patient));
    const before = await personsBefore(services, around, { formed, deleted });
    const strangers = strangersTo(around, { formed, before, deleted }).filter((patient) => !asked.has(patient));
    if (strangers.length === 0) return { changes: [...changedPersons(before, formed), ...await reviewChanges(services, around, { isMerged: forming.isMerged, formed, before, decided })], assuming: around.assuming };
    for (const patient of strangers) asked.add(patient);
  }
  throw new TypeError('Persons of ever more records bear the ids of these');
}

/** Records that hang together, as a question who of them is one person. */
interface Forming { readonly questions: readonly Question[]; readonly isMerged: (patient: string) => boolean }

/** What its source merged into another record says nothing by itself. */
function formingOf(around: Neighbourhood): Forming {
  const { members, decisions, judging } = around;
  const pairs = (verdict: PersonDecision['verdict']): readonly Pair[] => decisions.filter((decision) => decision.verdict === verdict && decision.patients.every((patient) => members.has(patient))).map(({ patients }) => patients);
  const [same, different] = [pairs('same'), pairs('different')];
  const merged = mergedInto(members, different);
  const silent = new Set(merged.map(([patient]) => patient));
  const speaking = (patient: string): MatchRecord | undefined => (silent.has(patient) ? undefined : members.get(patient));
  const judge: Question['judge'] = (a, b) => {
    const [one, other] = [speaking(a), speaking(b)];
    return one === undefined || other === undefined ? undefined : judging.of(one, other);
  };
  const questions = hangingTogether(around, [...same, ...merged], silent).map((records): Question => {
    const within = (list: readonly Pair[]): readonly Pair[] => list.filter((pair) => pair.every((patient) => records.has(patient)));
    return { records: [...records], same: within(same), different: within(different), merged: within(merged), judge };
  });
  return { questions, isMerged: (patient) => silent.has(patient) };
}

/** The members in sets that no certain pair and none of the given pairs connects. */
function hangingTogether({ members, judging, sharing }: Neighbourhood, joined: readonly Pair[], silent: ReadonlySet<string>): readonly ReadonlySet<string>[] {
  const partners = Map.groupBy(joined.flatMap(([a, b]) => [{ from: a, to: b }, { from: b, to: a }]), ({ from }) => from);
  const left = new Set(members.keys());
  const sets: Set<string>[] = [];
  for (const first of left) {
    const set = new Set([first]);
    for (const patient of set) {
      left.delete(patient);
      for (const { to } of partners.get(patient) ?? []) set.add(to);
      const record = silent.has(patient) ? undefined : members.get(patient);
      if (record === undefined) continue;
      for (const other of sharing(record)) {
        if (members.has(other.patient) && !silent.has(other.patient) && judging.of(record, other).grade === 'certain') set.add(other.patient);
      }
    }
    sets.push(set);
  }
  return sets;
}

function formedOf(services: Services, { members }: Neighbourhood, { isMerged }: Forming, patient: string): Formed {
  const record = members.get(patient);
  if (record === undefined) throw new TypeError('A record is formed into a Person that was not looked at');
  const institution = institutionOf(services, record.resource);
  return { patient, traits: record.traits, knownAt: institution === undefined ? [] : [institution], isMerged: isMerged(patient) };
}

/** A source speaks for its own institution only; `managingOrganization` counts for Patients that no source sent. */
function institutionOf({ sources }: Services, patient: Resource): string | undefined {
  const source = sourceOfUri(patient.meta?.['source']);
  return source === undefined ? idOf(patient['managingOrganization'], 'Organization') : sources.get(source)?.organization.id;
}

/** The Persons as they are stored: those that the records belonged to, and those that go by the ids to be given. Emptied ones are found by id only. */
async function personsBefore({ store }: Services, { members, persons }: Neighbourhood, { formed, deleted }: { readonly formed: readonly Person[]; readonly deleted: readonly string[] }): Promise<ReadonlyMap<string, StoredPerson>> {
  const left = persons.filter(({ links }) => links.some(({ patient }) => members.has(patient) || deleted.includes(patient)));
  const before = new Map(left.map((person) => [person.id, person]));
  const unknown = formed.filter(({ id }) => !before.has(id)).map(({ id }) => ({ type: 'Person', id }));
  const stored = unknown.length === 0 ? [] : (await store.readMany(unknown)).filter((item) => !item.deleted);
  for (const item of stored) before.set(item.id, toStoredPerson(item));
  return before;
}

interface Outcome { readonly formed: readonly Person[]; readonly before: ReadonlyMap<string, StoredPerson>; readonly deleted: readonly string[] }

/** Records of a Person that bears an id to be given and was not looked at: they are then looked at together, so that each gets an id of its own. */
function strangersTo({ members }: Neighbourhood, { formed, before, deleted }: Outcome): readonly string[] {
  return formed.flatMap(({ id }) => before.get(id)?.links ?? []).map(({ patient }) => patient).filter((patient) => !members.has(patient) && !deleted.includes(patient));
}

function changedPersons(before: ReadonlyMap<string, StoredPerson>, formed: readonly Person[]): readonly Change[] {
  const after = new Map(formed.map((person) => [person.id, person]));
  const emptied = [...before.values()].filter(({ id }) => !after.has(id)).map((person): Person => ({ ...person, links: [] }));
  return [...emptied, ...formed].flatMap((person): Change[] => {
    const was = before.get(person.id);
    const resource = personResource(person);
    if (was !== undefined && JSON.stringify(personResource(was)) === JSON.stringify(resource)) return [];
    return [{ kind: 'put', resource, expectedVersion: was?.version ?? 0 }];
  });
}
