/** Table 0085. @see https://build.fhir.org/ig/HL7/v2-to-fhir/ConceptMap-table-hl70085-to-observation-status.html */
const OBSERVATION: ReadonlyMap<string, string> = new Map([
  ['O', 'registered'], ['I', 'registered'], ['P', 'preliminary'], ['R', 'preliminary'], ['S', 'preliminary'],
  ['F', 'final'], ['U', 'final'], ['V', 'final'], ['N', 'final'], ['A', 'amended'], ['B', 'amended'], ['C', 'corrected'],
  ['X', 'cancelled'], ['D', 'entered-in-error'], ['W', 'entered-in-error'],
]);

/** Table 0123. @see https://build.fhir.org/ig/HL7/v2-to-fhir/ConceptMap-table-hl70123-to-diagnostic-report-status.html */
const REPORT: ReadonlyMap<string, string> = new Map([
  ['O', 'registered'], ['I', 'registered'], ['S', 'registered'], ['N', 'registered'], ['A', 'partial'], ['R', 'partial'], ['P', 'preliminary'], ['M', 'preliminary'],
  ['F', 'final'], ['C', 'corrected'], ['X', 'cancelled'],
]);

/** What the results of a report let it be, where it does not say so itself. */
const SETTLED: ReadonlySet<string> = new Set(['final', 'amended', 'corrected', 'cancelled', 'entered-in-error']);

/** @param code OBX-11. @returns undefined for a code that the table does not know */
export function observationStatus(code: string): string | undefined {
  return OBSERVATION.get(code.toUpperCase());
}

/** @param code OBR-25. @returns undefined for a code that the table does not know, or that is no status of a report */
export function reportStatus(code: string): string | undefined {
  return REPORT.get(code.toUpperCase());
}

/** The status of a report that does not tell it, from those of its results. */
export function statusByResults(results: readonly string[]): string {
  if (results.length === 0) return 'unknown';
  if (!results.every((status) => SETTLED.has(status))) return results.some((status) => SETTLED.has(status)) ? 'partial' : 'preliminary';
  if (results.includes('corrected')) return 'corrected';
  return results.every((status) => status === 'entered-in-error') ? 'entered-in-error' : 'final';
}
