import { z } from 'zod';
import type { Issue } from '../../fhir/outcome.ts';
import { operationOutcome } from '../../fhir/outcome.ts';
import type { UnreadableMessage } from '../../normalize/index.ts';
import type { Answer } from '../inbox.ts';
import type { Receipt } from '../receive-message.ts';

export interface PartReceipt { readonly firstRow: number; readonly receipt: Receipt }

/** What became of a table, part by part, as far as it could be read. */
export interface TableReceipt { readonly parts: readonly PartReceipt[]; readonly unreadable: UnreadableMessage | undefined }

/** Faults told of one table; each part keeps all of its own. */
const MAX_ISSUES = 1_000;
const outcomeSchema = z.object({ issue: z.array(z.object({ severity: z.enum(['fatal', 'error', 'warning', 'information']), code: z.custom<Issue['code']>((code) => typeof code === 'string'), diagnostics: z.string().default(''), location: z.array(z.string()).optional() })) });

/** How far a table was taken in. */
export function standingOf({ parts, unreadable }: TableReceipt): 'done' | 'partly' | 'refused' {
  const taken = parts.filter(({ receipt }) => receipt.refusedAs === undefined);
  if (taken.length === 0) return 'refused';
  const isWhole = unreadable === undefined && taken.length === parts.length && taken.every(({ receipt }) => issuesOf(receipt).every(({ severity }) => severity === 'information'));
  return isWhole ? 'done' : 'partly';
}

/** The answer to the whole: every fault with row and column, and what became of each part. */
export function answerOf(table: TableReceipt): Answer {
  const { parts, unreadable } = table;
  const issues = [
    ...parts.flatMap(({ firstRow, receipt }) => issuesOf(receipt).map((issue) => (issue.severity === 'information' ? { ...issue, location: `rows from ${firstRow}` } : issue))),
    ...(unreadable === undefined ? [] : [{ severity: 'fatal', code: unreadable.reason === 'syntax' ? 'structure' : 'too-long', diagnostics: unreadable.message } as const]),
  ];
  const shown: readonly Issue[] = issues.length <= MAX_ISSUES ? issues : [...issues.slice(0, MAX_ISSUES), { severity: 'error', code: 'processing', diagnostics: `${issues.length - MAX_ISSUES} further lines are not listed; each part is at GET /intake/messages` }];
  return { refusedAs: refusalOf(table), body: JSON.stringify(operationOutcome(shown)) };
}

function refusalOf(table: TableReceipt): Answer['refusedAs'] {
  if (standingOf(table) !== 'refused') return undefined;
  const first = table.parts[0]?.receipt.refusedAs;
  return first ?? (table.unreadable?.reason === 'limit' ? 'too-large' : 'malformed');
}

export function issuesOf({ body }: Pick<Answer, 'body'>): readonly Issue[] {
  return outcomeSchema.parse(JSON.parse(body)).issue.map(({ severity, code, diagnostics, location }): Issue => ({
    severity, code, diagnostics, ...(location?.[0] === undefined ? {} : { location: location[0] }),
  }));
}
