import { UnexpectedAnswer } from './client.ts';
import { heading } from './print.ts';
import type { Shown } from './show-results.ts';
import type { Stage } from './stage.ts';
import { findTrace, printTrace } from './trace.ts';

/** Asks as the auditor who looked at the patient, and prints the trace of the query that was just shown. */
export async function showTrace(stage: Stage, shown: Shown): Promise<void> {
  const query = traceQuery(shown.patient);
  heading('What an auditor sees of that very query');
  console.log(`GET /fhir/AuditEvent?${query}\n`);
  const trace = await findTrace(stage.auditor, query, shown.requestId);
  if (trace === undefined) throw new UnexpectedAnswer('The query that was shown left no trace');
  const organizations = new Map([...stage.services.sources.values()].map(({ organization }) => [organization.id, organization.name]));
  printTrace(trace, (id) => organizations.get(id) ?? id);
}

/** Who looked at a patient, the latest first. */
export function traceQuery(patient: string): string {
  return `patient=${patient}&_sort=-date&_count=20`;
}
