import type { Definitions } from '../definitions/model.ts';
import { EARLIEST_MS, LATEST_MS, type DateTerm } from './terms.ts';
import type { TermLists } from './term-lists.ts';

/** Codes of the parameters that tell which patients a resource of this type is about. */
export function patientParametersOf(definitions: Definitions, type: string, codes: ReadonlySet<string>): ReadonlySet<string> {
  return new Set(codes.has('patient') ? ['patient'] : definitions.patientCompartment.get(type) ?? []);
}

/** Logical ids of the patients among the references of these parameters; a Patient is about itself. */
export function patientsOf(resource: { readonly resourceType: string; readonly id?: unknown }, terms: TermLists, parameters: ReadonlySet<string>): readonly string[] {
  const patients = new Set<string>();
  if (resource.resourceType === 'Patient' && typeof resource.id === 'string') patients.add(resource.id);
  for (const term of terms.reference) if (term.type === 'Patient' && parameters.has(term.param)) patients.add(term.id);
  return [...patients];
}

/**
 * Codes of date parameters that say when something clinical happened, best first. Not among them: when a person was born
 * or died, which orders nothing in their record.
 */
const CLINICAL_DATES = [
  'date', 'effective', 'effective-time', 'onset-date', 'started', 'collected', 'occurrence', 'occurrence-date', 'performed', 'whenhandedover', 'whenprepared',
  'authoredon', 'authored-on', 'authored', 'recorded-date', 'recorded', 'created', 'sent', 'received', 'start-date', 'event-date', 'item-date', 'issued', 'period',
] as const;

/** The start of the main date; of a period without start its end. */
export function clinicalDateOf(dates: readonly DateTerm[]): number | undefined {
  for (const code of CLINICAL_DATES) {
    const term = dates.find((date) => date.param === code);
    const moment = term === undefined || term.start !== EARLIEST_MS ? term?.start : term.end;
    if (moment !== undefined && moment !== LATEST_MS) return moment;
  }
  return undefined;
}
