import type { MatchRecord } from './match-record.ts';
import type { Cluster } from './partition.ts';
import type { PatientLink, Person, ResidentId } from './person.ts';
import { personIdOfPatient, personIdOfResident } from './person.ts';

/** What the forming of Persons knows of a record. */
export interface Formed extends Pick<MatchRecord, 'patient' | 'traits'> {
  readonly knownAt: readonly string[];
  /** Its source merged it into another record: what it says itself does not count. */
  readonly isMerged: boolean;
}

/**
 * The Persons that clusters of records become. A Person goes by the number and name that its records carry, else by the
 * smallest of their ids, so that whoever forms it gets the same id.
 */
export function formPersons(clusters: readonly Cluster[], recordOf: (patient: string) => Formed): readonly Person[] {
  const taken = new Set<string>();
  return clusters.map((cluster) => {
    const records = cluster.patients.map(recordOf);
    const names = namesOf(records);
    // A human may hold two records of one number and name apart: the other then goes by its own id.
    const chosen = names.find(({ id }) => !taken.has(id));
    if (chosen === undefined) throw new TypeError('A cluster without records has no name');
    taken.add(chosen.id);
    return { id: chosen.id, residentIds: residentIdsOf(records, chosen.residentId), name: chosen.name, links: records.map((record) => linkOf(record, cluster)) };
  });
}

interface Name { readonly id: string; readonly residentId: ResidentId | undefined; readonly name: string }

/** By what a Person may go, the best first. */
function namesOf(records: readonly Formed[]): readonly Name[] {
  const speaking = [...records.filter(({ isMerged }) => !isMerged), ...records.filter(({ isMerged }) => isMerged)];
  const numbered = speaking.flatMap(({ traits: { residentId, name }, isMerged }): Name[] => (residentId === undefined || name === '' || isMerged ? [] : [{ id: personIdOfResident(residentId, name), residentId, name }]));
  const own = speaking.map(({ patient, traits: { residentId, name } }): Name => ({ id: personIdOfPatient(patient), residentId, name }));
  return [...numbered.sort((a, b) => (a.id < b.id ? -1 : Number(a.id > b.id))), ...own];
}

/** The one by which the Person goes first. */
function residentIdsOf(records: readonly Formed[], first: ResidentId | undefined): readonly ResidentId[] {
  const all = records.flatMap(({ traits: { residentId }, isMerged }) => (residentId === undefined || isMerged ? [] : [residentId]));
  const unique = new Map([...(first === undefined ? [] : [first]), ...all.toSorted((a, b) => (a.number < b.number ? -1 : 1))].map((residentId) => [residentId.number, residentId]));
  return [...unique.values()];
}

function linkOf({ patient, knownAt }: Formed, { evidence }: Cluster): PatientLink {
  const found = evidence.get(patient);
  return { patient, knownAt, ...(found === undefined ? {} : { evidence: found }) };
}
