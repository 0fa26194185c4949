import { z } from 'zod';
import type { Issue } from '../../fhir/outcome.ts';
import { operationOutcome } from '../../fhir/outcome.ts';
import { UnreadableMessage } from '../../normalize/index.ts';
import type { Answer } from '../inbox.ts';
import type { Receipt } from '../receive-message.ts';

/** What became of a table, as far as it could be read. It does not grow with the table: of many faults the first are told. */
export interface TableReceipt {
  readonly standing: 'done' | 'partly' | 'refused';
  /** Parts that were taken in, and those that were refused. */
  readonly taken: number;
  readonly refused: number;
  /** Id in the inbox of the first part; undefined where no part was read. */
  readonly inboxId: string | undefined;
  /** True when all of it had come before. */
  readonly isRepeat: boolean;
  /** Faults with row and column, and what became of each part. */
  readonly issues: readonly Issue[];
  /** Further ones that are not among them; each part keeps all of its own. */
  readonly untold: number;
  readonly refusedAs: Answer['refusedAs'];
}

/** Issues that are told of one table. */
const MOST_ISSUES = 10_000;
const outcomeSchema = z.object({
  issue: z.array(z.object({
    severity: z.enum(['fatal', 'error', 'warning', 'information']), code: z.custom<Issue['code']>((code) => typeof code === 'string'), diagnostics: z.string().default(''), location: z.array(z.string()).optional(),
  })),
});

/** Counts the parts of one table as they are taken in. */
export class TableTally {
  readonly #issues: Issue[] = [];
  readonly #remarked = new Set<string>();
  #taken = 0;
  #refused = 0;
  #repeats = 0;
  #faults = 0;
  #untold = 0;
  #inboxId: string | undefined;
  #refusedAs: Answer['refusedAs'];

  /** Tells once what refuses nothing: what is said of the header comes with every part. */
  remark(issue: Issue): void {
    const remark = `${issue.location ?? ''} ${issue.diagnostics}`;
    if (this.#remarked.has(remark)) return;
    this.#remarked.add(remark);
    this.#tell(issue);
  }

  /** @param firstRow of the part, in the whole table */
  add(firstRow: number, receipt: Receipt): void {
    const issues = issuesOf(receipt);
    this.#inboxId ??= receipt.inboxId;
    this.#refusedAs ??= receipt.refusedAs;
    if (receipt.refusedAs === undefined) this.#taken++;
    else this.#refused++;
    if (receipt.isRepeat) this.#repeats++;
    for (const issue of issues) {
      if (issue.severity === 'information') this.#tell({ ...issue, location: `rows from ${firstRow}` });
      else if (issue.severity === 'warning') this.remark(issue);
      else {
        this.#faults++;
        this.#tell(issue);
      }
    }
  }

  /** @param fault where the table could not be read on */
  finish(fault?: UnreadableMessage): TableReceipt {
    const unreadable = fault ?? (this.#taken + this.#refused === 0 ? new UnreadableMessage('syntax', 'The table holds no row below its header') : undefined);
    if (unreadable !== undefined) this.#tell({ severity: 'fatal', code: unreadable.reason === 'syntax' ? 'structure' : 'too-long', diagnostics: unreadable.message });
    const isWhole = unreadable === undefined && this.#refused === 0 && this.#faults === 0;
    const standing = this.#taken === 0 ? 'refused' : isWhole ? 'done' : 'partly';
    return {
      standing, taken: this.#taken, refused: this.#refused, inboxId: this.#inboxId, isRepeat: this.#taken + this.#refused > 0 && this.#repeats === this.#taken + this.#refused,
      issues: this.#issues, untold: this.#untold,
      refusedAs: standing === 'refused' ? this.#refusedAs ?? (unreadable?.reason === 'limit' ? 'too-large' : 'malformed') : undefined,
    };
  }

  #tell(issue: Issue): void {
    if (this.#issues.length < MOST_ISSUES) this.#issues.push(issue);
    else this.#untold++;
  }
}

/** The answer to the whole. */
export function answerOf({ issues, untold, refusedAs }: TableReceipt): Answer {
  const rest: readonly Issue[] = untold === 0 ? [] : [{ severity: 'error', code: 'processing', diagnostics: `${untold} further lines are not listed; each part is at GET /intake/messages` }];
  return { refusedAs, body: JSON.stringify(operationOutcome([...issues, ...rest])) };
}

function issuesOf({ body }: Pick<Answer, 'body'>): readonly Issue[] {
  return outcomeSchema.parse(JSON.parse(body)).issue.map(({ severity, code, diagnostics, location }): Issue => ({
    severity, code, diagnostics, ...(location?.[0] === undefined ? {} : { location: location[0] }),
  }));
}
