/**
 * The index that leads with the patient: nearly every clinical question names one, and mostly one code, newest first.
 * Table `record` holds for each patient a row for each resource in the part of its type, and one in the part of its kind if it has a code.
 */
import { clinicalDateParam } from '../../fhir/search/clinical-date.ts';
import type { IndexTerms } from '../../fhir/search/terms.ts';

/** Reference parameters by which a resource belongs to a patient's record, and the bit of each in `via`. */
const VIA: Readonly<Record<string, number>> = { patient: 1, subject: 2 };
/** The token parameter that is indexed within a record. */
export const CODE_PARAM = 'code';
/** The part of a record that holds one kind. The numbers of kinds and of types overlap. */
export function partOfKind(kind: number): number {
  return -kind;
}

/** Stands for the missing date: before the beginning of time, so that it comes last. */
export const UNDATED = -9e15;

export interface RecordEntry { readonly patient: string; readonly via: number }

/** The bit of a reference parameter, undefined for one that does not put resources into a record. */
export function viaOf(param: string): number | undefined {
  return Object.hasOwn(VIA, param) ? VIA[param] : undefined;
}

/** The patients whose records the resource is in. */
export function recordEntries(terms: IndexTerms): RecordEntry[] {
  const vias = new Map<string, number>();
  for (const term of terms.reference) {
    const via = viaOf(term.param);
    if (via !== undefined && term.type === 'Patient') vias.set(term.id, (vias.get(term.id) ?? 0) | via);
  }
  return [...vias].map(([patient, via]) => ({ patient, via }));
}

/** Where the resource stands in a record: the latest start of its main date. */
export function recordDate(type: string, terms: IndexTerms): number {
  const param = clinicalDateParam(type);
  let latest = UNDATED;
  for (const term of terms.date) if (term.param === param && term.start > latest) latest = term.start;
  return latest;
}
