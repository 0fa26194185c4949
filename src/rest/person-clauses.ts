import { patientParametersOf } from '../fhir/search/compartment.ts';
import type { Clause, ReferenceMatch } from '../fhir/search/query.ts';
import { MAX_PAGE_SIZE } from '../fhir/search/query.ts';
import { patientsOf, type Person, personsOf } from '../identity/index.ts';
import type { Services } from '../services.ts';

/** A search with the persons that it names in place of single Patients. */
export interface PersonSearch {
  readonly where: readonly Clause[];
  /** Logical ids of the Patients that the query names, before their persons are looked up; empty when one of them is not found, undefined when it names none. */
  readonly named: readonly string[] | undefined;
  /** All Patients of these persons. */
  readonly linked: readonly string[];
  /** These persons, where they had to be looked up. */
  readonly persons: readonly Person[] | undefined;
}

/** What holds for nothing. */
const NEVER: Clause = { kind: 'or', clauses: [] };

/**
 * Reads the Patients out of a query, and widens each clause on a patient to all Patients of the same person, so that the
 * record of one person is found across institutions.
 *
 * A clause names a patient when it asks for the resources which are about the patient: that is what access rests on. One
 * that meets a patient in another role, such as a performer, is widened too and names nobody.
 */
export async function searchPersons(services: Services, type: string, where: readonly Clause[]): Promise<PersonSearch> {
  const parameters = services.fhir.searchParameters.of(type);
  const about = patientParametersOf(services.fhir.definitions, type, parameters);
  // Where both exist, `patient` is `subject` narrowed to Patients.
  const isAbout = (param: string): boolean => about.has(param) || (param === 'subject' && about.has('patient'));
  const named = new Set<string>();
  const linked = new Set<string>();
  const found: Person[] = [];
  let namesPatient = false;
  let findsAll = true;
  const widened: Clause[] = [];
  for (const clause of where) {
    const mention = await patientsNamedBy(services, type, clause);
    if (mention === undefined) {
      widened.push(clause);
      continue;
    }
    const persons = type === 'Patient' ? [] : (await personsOf(services, mention.patients)).persons;
    const all = [...new Set([...mention.patients, ...patientsOf(persons)])];
    const asksAbout = type === 'Patient' ? clause.kind === 'id' || clause.kind === 'token' : 'param' in clause && isAbout(clause.param);
    // Alternatives that are no patients would be disclosed on the strength of those that are.
    if (asksAbout && mention.others.length === 0) {
      namesPatient = true;
      findsAll &&= mention.patients.length > 0;
      mention.patients.forEach((id) => named.add(id));
      all.forEach((id) => linked.add(id));
      found.push(...persons);
    }
    widened.push(widen(clause, all, mention.others));
  }
  // One whom nobody knows must not be told from one whom others know by what else the query names.
  return { where: widened, named: namesPatient ? (findsAll ? [...named] : []) : undefined, linked: [...linked], persons: type === 'Patient' ? undefined : found };
}

/** Logical ids of the Patients among the alternatives of a clause, and the alternatives that are no Patients. */
interface Mention { readonly patients: readonly string[]; readonly others: readonly ReferenceMatch[] }

/** Undefined for a clause that asks for no Patient. */
async function patientsNamedBy(services: Services, type: string, clause: Clause): Promise<Mention | undefined> {
  if ('negate' in clause && clause.negate) return undefined;
  if (clause.kind === 'reference') return patientReferences(services, type, clause);
  if (clause.kind === 'chain' && clause.type === 'Patient') return findPatients(services, clause.where);
  if (type !== 'Patient') return undefined;
  if (clause.kind === 'id') return { patients: clause.anyOf, others: [] };
  if (clause.kind === 'token' && clause.param === 'identifier') return findPatients(services, [clause]);
  return undefined;
}

function patientReferences(services: Services, type: string, clause: Clause & { kind: 'reference' }): Mention | undefined {
  const targets = services.fhir.searchParameters.of(type).get(clause.param)?.targets ?? [];
  // A reference without a type may mean a Patient wherever the parameter can point to one.
  const untyped = targets.includes('Patient') ? 'Patient' : undefined;
  const isPatient = (match: ReferenceMatch): match is { id: string } => 'id' in match && (match.type ?? untyped) === 'Patient';
  const patients = clause.anyOf.filter(isPatient).map((match) => match.id);
  return patients.length === 0 ? undefined : { patients, others: clause.anyOf.filter((match) => !isPatient(match)) };
}

/** Undefined where so many Patients match that the clause describes a group, `patient.gender=male`, and names nobody. */
async function findPatients(services: Services, where: readonly Clause[]): Promise<Mention | undefined> {
  const { items, next } = await services.store.search({ type: 'Patient', where, sort: [], limit: MAX_PAGE_SIZE });
  return next === undefined ? { patients: items.map((item) => item.id), others: [] } : undefined;
}

function widen(clause: Clause, patients: readonly string[], others: readonly ReferenceMatch[]): Clause {
  if (clause.kind !== 'reference' && clause.kind !== 'chain') return clause;
  const anyOf: readonly ReferenceMatch[] = [...patients.map((id) => ({ type: 'Patient', id })), ...others];
  return anyOf.length === 0 ? NEVER : { kind: 'reference', param: clause.param, anyOf };
}
