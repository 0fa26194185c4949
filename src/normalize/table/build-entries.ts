import type { JsonObject, Resource } from '../../fhir/resource.ts';
import type { Sender } from '../local-identity.ts';
import type { Contribution, Fault, Origin, SentEntry } from '../message.ts';
import { faultIn } from '../message.ts';
import { mentionBuilder } from './build-mentions.ts';
import { buildReport } from './build-report.ts';
import { ResultBuilder } from './build-result.ts';
import type { Gathered, GoodRow } from './gather-rows.ts';
import { isGood } from './gather-rows.ts';
import type { Mention } from './mentions.ts';
import type { Plan } from './plan-columns.ts';
import type { RowFault } from './read-row.ts';
import { elementColumns, placeIn, RowOrigin } from './row-origin.ts';

export interface Built { readonly entries: readonly SentEntry[]; readonly faults: readonly Fault[]; readonly entryCount: number }

/** A row of results mentions these on the way: richer messages about them hold. */
const MENTIONED: Contribution = { authority: 0, cleared: [] };
/** A report may come in several deliveries: each adds to it. */
const IN_PARTS: Contribution = { authority: 1, cleared: [], joined: ['basedOn', 'specimen', 'result'] };

/** Records and faults of a delivery, numbered as they stand in it. A faulty row has a number of its own, so that it takes nothing else with it. */
class Numbering {
  readonly entries: SentEntry[] = [];
  readonly faults: Fault[] = [];
  count = 0;

  add(resource: Resource, fullUrl: string, origin: Origin, contribution?: Contribution): void {
    const entry = { index: this.count++, at: resource.resourceType, resource, fullUrl, method: 'POST', ownId: undefined, origin };
    this.entries.push(contribution === undefined ? entry : { ...entry, contribution });
  }

  refuse(row: number, faults: readonly RowFault[]): void {
    const index = this.count++;
    for (const { column, code, diagnostics } of faults) this.faults.push(faultIn(index, code, placeIn(row, column), diagnostics));
  }
}

/** Turns what rows say into entries: first what they mention, then results in the order of rows, then reports. */
export function buildEntries({ rows, mentions }: Gathered, plan: Plan, sender: Sender): Built {
  const builder = mentionBuilder(sender);
  const results = new ResultBuilder(builder);
  const numbering = new Numbering();
  for (const kind of ['patient', 'visit', 'order', 'specimen'] as const) {
    const columns = elementColumns(kind, plan);
    for (const mention of mentions[kind]) {
      const resource = builder.build(kind, mention);
      if (resource !== undefined) numbering.add(resource, mention.fullUrl, new RowOrigin(mention.row, columns), MENTIONED);
    }
  }
  const columns = elementColumns('result', plan);
  const reported = new Map<Mention, { readonly rows: GoodRow[]; readonly results: JsonObject[] }>();
  for (const row of rows) {
    if (!isGood(row)) {
      numbering.refuse(row.row, row.faults);
      continue;
    }
    for (const fault of row.faults) numbering.refuse(row.row, [fault]);
    const references = addResults(row, results, columns, numbering);
    if (row.report === undefined) continue;
    const of = reported.get(row.report) ?? { rows: [], results: [] };
    of.rows.push(row);
    of.results.push(...references);
    reported.set(row.report, of);
  }
  const ofReports = elementColumns('report', plan);
  for (const [report, of] of reported) {
    numbering.add(buildReport(report, of.rows, of.results, { mention: builder, result: results }), report.fullUrl, new RowOrigin(report.row, ofReports), IN_PARTS);
  }
  return { entries: numbering.entries, faults: numbering.faults, entryCount: numbering.count };
}

/** @returns references to the Observations of a row */
function addResults(row: GoodRow, builder: ResultBuilder, columns: Readonly<Record<string, string>>, numbering: Numbering): JsonObject[] {
  return row.results.map((result, at) => {
    const fullUrl = `urn:bund:result:${row.row}:${at + 1}`;
    const own = result.column === columns['value'] || result.column === '' ? columns : { ...columns, value: result.column, code: result.column, dataAbsentReason: result.column };
    numbering.add(builder.build(row, result), fullUrl, new RowOrigin(row.row, own));
    return { reference: fullUrl };
  });
}
