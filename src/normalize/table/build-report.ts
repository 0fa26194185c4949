import type { JsonObject, JsonValue, Resource } from '../../fhir/resource.ts';
import type { MentionBuilder } from './build-mentions.ts';
import { panelCode } from './build-mentions.ts';
import type { ResultBuilder } from './build-result.ts';
import { instantOf } from './build-result.ts';
import type { GoodRow } from './gather-rows.ts';
import type { Mention } from './mentions.ts';

const CATEGORY = [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0074', code: 'LAB' }] }];
/** A report that has no name of its own. */
const LABORATORY_REPORT = { coding: [{ system: 'http://loinc.org', code: '11502-2', display: 'Laboratory report' }], text: '检验报告' };

/**
 * The report of the rows that share its number.
 *
 * @param rows not empty; @param results references to their Observations
 */
export function buildReport(report: Mention, rows: readonly GoodRow[], results: readonly JsonObject[], builders: { readonly mention: MentionBuilder; readonly result: ResultBuilder }): Resource {
  const { said, patient } = report;
  const { mention, result } = builders;
  const issued = instantOf(said.reported);
  // References to one record are one object.
  const orders = distinct(rows.map(({ order }) => (order === undefined ? undefined : mention.referenceTo('order', order))));
  const specimens = distinct(rows.map((row) => result.specimen(row)));
  const visit = rows.find((row) => row.visit !== undefined)?.visit;
  const departments = new Set(rows.map((row) => row.said.department));
  return {
    resourceType: 'DiagnosticReport',
    identifier: [{ system: mention.systemOf('report'), value: report.key }],
    ...(orders.length === 0 ? {} : { basedOn: orders }),
    status: statusOf(rows.map((row) => row.said.status)),
    category: CATEGORY,
    code: said.reportCode === '' && said.reportName === '' ? LABORATORY_REPORT : panelCode(said, mention.systemOf('panels')),
    ...(patient === undefined ? {} : { subject: mention.referenceTo('patient', patient) }),
    ...(visit === undefined ? {} : { encounter: mention.referenceTo('visit', visit) }),
    effectiveDateTime: said.collected,
    ...(issued === undefined ? {} : { issued }),
    performer: result.performers('', departments.size === 1 ? rows[0]?.said.department ?? '' : ''),
    ...(specimens.length === 0 ? {} : { specimen: specimens }),
    result: results,
    ...(said.conclusion === '' ? {} : { conclusion: said.conclusion }),
  };
}

function distinct(references: readonly (JsonObject | undefined)[]): JsonValue[] {
  return [...new Set(references)].filter((reference) => reference !== undefined);
}

/**
 * How far a report is, as its results tell it: those that were cancelled or withdrawn do not count beside others.
 * @see https://hl7.org/fhir/R4/valueset-diagnostic-report-status.html
 */
function statusOf(statuses: readonly string[]): string {
  const told = new Set(statuses.map((status) => (status === '' ? 'final' : status)));
  const [only = 'final'] = told;
  if (told.size === 1) return only;
  if (told.has('registered') || told.has('preliminary')) return 'partial';
  return (['corrected', 'amended', 'final', 'unknown'] as const).find((status) => told.has(status)) ?? 'cancelled';
}
