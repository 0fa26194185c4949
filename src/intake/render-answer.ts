import type { Issue } from '../fhir/outcome.ts';
import { operationOutcome } from '../fhir/outcome.ts';
import { referenceTo } from '../fhir/resource.ts';
import type { Fault, MessageKind } from '../normalize/index.ts';
import { NO_ENTRY } from '../normalize/index.ts';
import type { Answer } from './inbox.ts';
import type { EntryResult } from './plan-entries.ts';

/** Faults told to a sender in one answer; who has more faults than these has one cause. */
const MAX_ISSUES = 1_000;
const STATUS_LINES: Record<EntryResult['outcome'], string> = { created: '201 Created', updated: '200 OK', unchanged: '200 OK', kept: '200 OK' };
const KEPT: Issue = { severity: 'information', code: 'informational', diagnostics: 'A message received later has changed this resource: it stays as it is' };

/** `faults`: of the refused entries of a batch or table. `remarks`: what is told besides of a table; all others tell it in a rehearsal. */
interface Taken { readonly kind: MessageKind; readonly faults: readonly Fault[]; readonly remarks: readonly Issue[] }

/** The answer to a message that was refused as a whole. */
export function renderRefusal(refusedAs: NonNullable<Answer['refusedAs']>, issues: readonly Issue[]): Answer {
  return { refusedAs, body: JSON.stringify(operationOutcome(limited(issues))) };
}

/**
 * The answer to a message that was taken in: one entry for each entry sent, in their order; of a table, whose rows are told
 * by their number, how many records came of it and each row that was refused.
 *
 * @see https://hl7.org/fhir/R4/http.html#transaction-response
 */
export function renderAcceptance({ kind, faults, remarks }: Taken, results: readonly EntryResult[]): Answer {
  if (kind === 'table') return { refusedAs: undefined, body: JSON.stringify(operationOutcome([summaryOf(results, faults), ...remarks.slice(0, MAX_ISSUES), ...limited(faults.map((fault) => fault.issue))])) };
  const refused = Map.groupBy(faults, (fault) => fault.entry ?? 0);
  const responses = [
    ...results.filter(({ index }) => index !== NO_ENTRY).map((result) => ({ index: result.index, response: acceptedEntry(result) })),
    ...[...refused].map(([index, ofEntry]) => ({ index, response: refusedEntry(ofEntry.map((fault) => fault.issue)) })),
  ].sort((a, b) => a.index - b.index);
  const type = kind === 'batch' ? 'batch-response' : 'transaction-response';
  return { refusedAs: undefined, body: JSON.stringify({ resourceType: 'Bundle', type, entry: responses.map(({ response }) => ({ response })) }) };
}

function summaryOf(results: readonly EntryResult[], faults: readonly Fault[]): Issue {
  const counts = Object.entries(Object.groupBy(results, ({ outcome }) => outcome)).map(([outcome, of]) => `${of.length} ${outcome}`);
  const rows = new Set(faults.map(({ issue }) => /^row \d+/.exec(issue.location ?? '')?.[0] ?? issue.location));
  return { severity: 'information', code: 'informational', diagnostics: `The table was taken in: records ${counts.join(', ')}; ${rows.size} rows refused` };
}

function acceptedEntry({ key, outcome, version }: EntryResult): object {
  const location = `${referenceTo(key)}/_history/${version}`;
  return { status: STATUS_LINES[outcome], location, etag: `W/"${version}"`, ...(outcome === 'kept' ? { outcome: operationOutcome([KEPT]) } : {}) };
}

function refusedEntry(issues: readonly Issue[]): object {
  return { status: '422 Unprocessable Entity', outcome: operationOutcome(limited(issues)) };
}

/** Several records that lack what one place should have given have one fault. */
function limited(faults: readonly Issue[]): readonly Issue[] {
  const issues = [...new Map(faults.map((issue) => [`${issue.severity} ${issue.location ?? ''} ${issue.expression ?? ''} ${issue.diagnostics}`, issue])).values()];
  if (issues.length <= MAX_ISSUES) return issues;
  return [...issues.slice(0, MAX_ISSUES), { severity: 'error', code: 'processing', diagnostics: `${issues.length - MAX_ISSUES} further faults are not listed` }];
}
