import type { Services } from '../services.ts';
import type { Assumption } from '../store/store.ts';
import type { PersonDecision } from './decision.ts';
import { activeDecisions } from './find-decisions.ts';
import { recordsOf, recordsReferringTo, recordsWithKeys, unchangedRecords } from './find-records.ts';
import type { Judging } from './judging.ts';
import { judging } from './judging.ts';
import type { MatchRecord } from './match-record.ts';
import type { Changing, Neighbourhood } from './neighbourhood.ts';
import type { StoredPerson } from './persons.ts';
import { patientsOf, personsOf } from './persons.ts';

/** So many records are reached by certain pairs at most, and so many more for each that changes; a longer chain is a fault of the data, and is cut. */
const MOST_MEMBERS = 500;
const MORE_MEMBERS = 20;

/** A walk through the records around those that change, step by step away from them. */
export class Around {
  readonly #services: Services;
  readonly #changing: Changing;
  readonly #judging: Judging;
  /** As they will be, whether stored, written or decided. */
  readonly #known = new Map<string, MatchRecord>();
  readonly #byKey = new Map<string, Set<string>>();
  readonly #asked = new Set<string>();
  readonly #crowded = new Set<string>();
  /** As they are stored. */
  readonly #stored = new Map<string, MatchRecord>();
  readonly #members = new Set<string>();
  readonly #persons = new Map<string, StoredPerson>();
  readonly #decisions = new Map<string, PersonDecision>();
  readonly #assuming: Assumption[] = [];
  readonly #deleted: ReadonlySet<string>;
  #most = MOST_MEMBERS;

  constructor(services: Services, changing: Changing, written: readonly MatchRecord[]) {
    this.#services = services;
    this.#changing = changing;
    this.#judging = judging(services.matching);
    this.#deleted = new Set(changing.deleted);
    for (const record of written) this.#know(record);
  }

  /** @param before those that change, as they are stored */
  async lookFrom(before: readonly MatchRecord[]): Promise<void> {
    const { deleted, touched, decided } = this.#changing;
    for (const record of before) this.#stored.set(record.patient, record);
    let next = new Set([...this.#known.keys(), ...touched, ...decided.flatMap(({ patients }) => patients)]);
    this.#most = MOST_MEMBERS + next.size * MORE_MEMBERS;
    await this.#ask(before.flatMap(({ keys }) => keys));
    for (const record of before) for (const patient of this.#certainOf(record)) next.add(patient);
    for (const patient of await this.#joined(deleted)) next.add(patient);
    for (const { merges } of before) for (const { patient } of merges) next.add(patient);
    for (const patient of await this.#referring(deleted)) next.add(patient);
    while (next.size > 0) next = await this.#step([...next]);
  }

  /** One step further: whom the records of the step before lead to, first by what they say, then by what is known of them otherwise. */
  async #step(patients: readonly string[]): Promise<Set<string>> {
    await this.#load(patients);
    const fresh: MatchRecord[] = [];
    for (let wave = this.#notYet(patients); wave.length > 0;) {
      for (const { patient } of wave) this.#members.add(patient);
      fresh.push(...wave);
      await this.#ask(wave.flatMap(({ keys }) => keys));
      wave = this.#members.size < this.#most ? this.#notYet(wave.flatMap((record) => this.#certainOf(record))) : [];
    }
    if (fresh.length === 0) return new Set();
    const ids = fresh.map(({ patient }) => patient);
    const reached = await Promise.all([this.#joined(ids), this.#decided(ids), this.#referring(ids)]);
    const merged = fresh.flatMap(({ merges }) => merges.map(({ patient }) => patient));
    return new Set([...reached.flat(), ...merged].filter((patient) => !this.#members.has(patient)));
  }

  /** Those of the Patients that are known and no members yet. */
  #notYet(patients: readonly string[]): readonly MatchRecord[] {
    return [...new Set(patients)].filter((patient) => !this.#members.has(patient)).flatMap((patient) => this.#known.get(patient) ?? []);
  }

  async found(before: readonly MatchRecord[]): Promise<Neighbourhood> {
    const members = new Map([...this.#members].sort().flatMap((patient) => [this.#known.get(patient)].flatMap((record) => (record === undefined ? [] : [[patient, record] as const]))));
    const others = new Map([...this.#doubtful(members, before)].map((record) => [record.patient, record]));
    const ids = [...others.keys()];
    if (ids.length > 0) {
      await this.#joined(ids);
      await this.#decided(ids);
    }
    return {
      members, others, before, judging: this.#judging, sharing: (record) => this.#sharing(record),
      persons: [...this.#persons.values()],
      decisions: [...this.#decisions.values()],
      assuming: [...this.#assuming, ...unchangedRecords([...this.#stored.values()])],
    };
  }

  /** Those beside the members about whom there may be a doubt: probably one with a member, or of a number that is looked at. */
  #doubtful(members: ReadonlyMap<string, MatchRecord>, before: readonly MatchRecord[]): ReadonlySet<MatchRecord> {
    const numbers = new Set([...members.values(), ...before].flatMap(({ traits: { residentId } }) => (residentId === undefined ? [] : [residentId.number])));
    const others = [...this.#known.values()].filter(({ patient }) => !members.has(patient));
    const found = new Set(others.filter(({ traits: { residentId } }) => residentId !== undefined && numbers.has(residentId.number)));
    for (const member of members.values()) {
      for (const other of this.#sharing(member)) {
        const { grade } = this.#judging.of(member, other);
        if (!members.has(other.patient) && (grade === 'certain' || grade === 'probable')) found.add(other);
      }
    }
    return found;
  }

  /** Looks up whoever shares one of the keys. */
  async #ask(keys: readonly string[]): Promise<void> {
    const fresh = [...new Set(keys)].filter((key) => !this.#asked.has(key));
    for (const key of fresh) this.#asked.add(key);
    const { records, crowded, assuming } = await recordsWithKeys(this.#services, fresh);
    for (const record of records) this.#meet(record);
    for (const key of crowded) this.#crowded.add(key);
    this.#assuming.push(...assuming);
  }

  async #load(patients: readonly string[]): Promise<void> {
    const unknown = patients.filter((patient) => !this.#known.has(patient) && !this.#deleted.has(patient));
    const found = await recordsOf(this.#services, unknown);
    for (const record of found) this.#meet(record);
    const missing = unknown.filter((patient) => !found.some((record) => record.patient === patient));
    if (missing.length > 0) this.#assuming.push({ type: 'Patient', where: [{ kind: 'id', anyOf: missing }], ids: [] });
  }

  /** A record as it is stored: it is known as such, unless this very commit changes it. */
  #meet(record: MatchRecord): void {
    this.#stored.set(record.patient, record);
    if (!this.#known.has(record.patient) && !this.#deleted.has(record.patient)) this.#know(record);
  }

  #know(record: MatchRecord): void {
    this.#known.set(record.patient, record);
    for (const key of record.keys) this.#byKey.set(key, (this.#byKey.get(key) ?? new Set()).add(record.patient));
  }

  #sharing(record: MatchRecord): readonly MatchRecord[] {
    const patients = new Set(record.keys.flatMap((key) => (this.#crowded.has(key) ? [] : [...this.#byKey.get(key) ?? []])));
    patients.delete(record.patient);
    return [...patients].flatMap((patient) => this.#known.get(patient) ?? []);
  }

  #certainOf(record: MatchRecord): readonly string[] {
    return this.#sharing(record).filter((other) => this.#judging.of(record, other).grade === 'certain').map(({ patient }) => patient);
  }

  /** Everybody in the persons of these Patients. */
  async #joined(patients: readonly string[]): Promise<readonly string[]> {
    if (patients.length === 0) return [];
    const { persons, assumption } = await personsOf(this.#services, patients);
    this.#assuming.push(assumption);
    for (const person of persons) this.#persons.set(person.id, person);
    return patientsOf(persons);
  }

  /** Records that say of themselves that they and one of these are one. */
  async #referring(patients: readonly string[]): Promise<readonly string[]> {
    if (patients.length === 0) return [];
    const { records, assuming } = await recordsReferringTo(this.#services, patients);
    this.#assuming.push(...assuming);
    for (const record of records) this.#meet(record);
    return records.map(({ patient }) => patient);
  }

  /** Whom humans hold to be one person with these. */
  async #decided(patients: readonly string[]): Promise<readonly string[]> {
    const { decisions, assumption } = await activeDecisions(this.#services, patients);
    this.#assuming.push(assumption);
    for (const decision of decisions) this.#decisions.set(decision.id, decision);
    for (const decision of this.#changing.decided) {
      if (decision.status === 'active') this.#decisions.set(decision.id, decision);
      else this.#decisions.delete(decision.id);
    }
    return [...this.#decisions.values()].filter(({ verdict }) => verdict === 'same').flatMap((decision) => decision.patients);
  }
}
