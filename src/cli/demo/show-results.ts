import type { Resident } from '../../district/residents.ts';
import { RESIDENT_ID_SYSTEMS } from '../../fhir/validation/identifiers.ts';
import { bodyOf, resourcesOf, textAt } from './client.ts';
import { count, heading, table } from './print.ts';
import { comparable, RESULT_COLUMNS, resultCells, resultRows } from './result-table.ts';
import type { Stage } from './stage.ts';

/** The query that was shown, so that the auditor can be asked about it. */
export interface Shown {
  readonly query: string;
  readonly requestId: string;
  /** Logical id of one of the person's Patients. */
  readonly patient: string;
}

/** Asks as the clinician for the resident's results of all institutions, and prints them side by side. */
export async function showResults(stage: Stage): Promise<Shown> {
  const query = resultsQuery(stage.resident);
  const answer = await stage.clinician.get(`/fhir/${query}`);
  const page = bodyOf('The clinician\'s query', answer);
  const rows = resultRows(resourcesOf(page));
  const institutions = new Set(rows.map((row) => row.institution));
  heading(`Results of ${stage.resident.name} (${stage.resident.sex}, born ${stage.resident.birthDate}) from ${institutions.size} institutions`);
  console.log(`GET /fhir/${query}\n`);
  const shown = comparable(rows, institutions.size, stage.services.codes.items.keys());
  table(RESULT_COLUMNS, resultCells(shown), [1, 7]);
  console.log(`\n${count(rows.length)} results in all; shown are the ${count(shown.length)} of items that every one of the ${institutions.size} measured. Value, unit and flag are as the laboratory sent them.`);
  const subject = resourcesOf(page).map((resource) => textAt(resource, 'subject', 'reference')).find((reference) => reference.startsWith('Patient/')) ?? '';
  return { query, requestId: answer.headers.get('x-request-id') ?? '', patient: subject.slice('Patient/'.length) };
}

/** All laboratory results of the resident, the newest first, with the institutions that made them. */
export function resultsQuery(resident: Resident): string {
  const identifier = encodeURIComponent(`${RESIDENT_ID_SYSTEMS[0] ?? ''}|${resident.residentId ?? ''}`);
  return `Observation?patient.identifier=${identifier}&category=laboratory&_sort=-date&_count=200&_include=Observation:performer`;
}
