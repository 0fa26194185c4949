import type { Issue, IssueCode } from '../outcome.ts';
import type { Resource } from '../resource.ts';
import { expressionOf } from './location.ts';
import type { Location } from './location.ts';

/** More faults than a sender will work through in one go. */
export const MAX_FAULTS = 200;
/** Warnings and information beside them. */
export const MAX_REMARKS = 50;

/** What one validation collects. */
export interface Run {
  readonly faults: Issue[];
  readonly remarks: Issue[];
  /** Faults beyond `MAX_FAULTS`. */
  unreported: number;
  /** Whether the best practices of the specification are remarked on. */
  readonly withBestPractice: boolean;
}

/**
 * The resource that is being walked. A contained resource has a scope of its own that shares what its container's holds:
 * references by fragment lead from any of them to any other.
 */
export interface Scope {
  readonly run: Run;
  /** `%resource` */
  readonly resource: Resource;
  /** `%rootResource`: the container of a contained resource, else the resource itself. */
  readonly root: Resource;
  /** Types of the contained resources by id. */
  readonly contained: ReadonlyMap<string, string>;
  /** Fragments that some element refers to, without `#`; the empty one is the container. */
  readonly fragments: Set<string>;
}

/** What is wrong with a value: the rest of a sentence that begins with the element's name. */
export interface Fault { readonly code: IssueCode; readonly text: string; readonly severity?: Issue['severity'] }

export type Check = (value: unknown, at: Location, scope: Scope) => void;

/** Notes a fault. @param diagnostics a whole sentence, without patient data */
export function report(run: Run, at: Location, issue: { code: IssueCode; diagnostics: string; severity?: Issue['severity'] }): void {
  const severity = issue.severity ?? 'error';
  const isFault = severity === 'error' || severity === 'fatal';
  const list = isFault ? run.faults : run.remarks;
  if (list.length < (isFault ? MAX_FAULTS : MAX_REMARKS)) list.push({ severity, code: issue.code, diagnostics: issue.diagnostics, expression: expressionOf(at) });
  else if (isFault) run.unreported++;
}

/** All that was found, faults first, with a closing issue when there were too many. */
export function issuesOf(run: Run): Issue[] {
  const closing: Issue = { severity: 'error', code: 'incomplete', diagnostics: `And ${run.unreported} more faults that are not listed` };
  return run.unreported === 0 ? [...run.faults, ...run.remarks] : [...run.faults, closing, ...run.remarks];
}

const QUOTABLE = /^(?!.*(\d{7}|\d{4}-\d\d))[\x21-\x5f\x61-\x7e]{1,128}$/;

/** A code, type or element name as the sender wrote it, in quotes; what could be a name, a number or a date of a person is not repeated. */
export function quoted(text: string): string {
  return QUOTABLE.test(text) ? `\`${text}\`` : '(not repeated here)';
}
