import type { Definitions } from '../definitions/model.ts';
import { clinicalDateParam } from './clinical-date.ts';
import type { DateTerm } from './terms.ts';
import type { TermLists } from './term-lists.ts';

/** Codes of the parameters that tell which patients a resource of this type is about. @param codes all those of the type */
export function patientParametersOf(definitions: Definitions, type: string, codes: { has(code: string): boolean }): ReadonlySet<string> {
  return new Set(codes.has('patient') ? ['patient'] : definitions.patientCompartment.get(type) ?? []);
}

/** Logical ids of the patients among the references of these parameters; a Patient is about itself. */
export function patientsOf(resource: { readonly resourceType: string; readonly id?: unknown }, terms: TermLists, parameters: ReadonlySet<string>): readonly string[] {
  const patients = new Set<string>();
  if (resource.resourceType === 'Patient' && typeof resource.id === 'string') patients.add(resource.id);
  for (const term of terms.reference) if (term.type === 'Patient' && parameters.has(term.param)) patients.add(term.id);
  return [...patients];
}

/** The latest start among the terms of the type's main date, see `clinical-date.ts`. */
export function clinicalDateOf(type: string, dates: readonly DateTerm[]): number | undefined {
  const param = clinicalDateParam(type);
  let latest: number | undefined;
  for (const date of dates) if (date.param === param && (latest === undefined || date.start > latest)) latest = date.start;
  return latest;
}
