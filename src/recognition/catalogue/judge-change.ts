import { ServiceError } from '../../errors.ts';
import type { Issue } from '../../fhir/outcome.ts';
import type { LiveRecognition } from '../live-recognition.ts';
import type { AppliedChange } from './apply-changes.ts';
import { applyChanges, entryIdOf } from './apply-changes.ts';
import { datedOf, faultsOfEntry } from './check-entry.ts';
import { collisionsOf } from './collisions.ts';
import type { Entry, EntryContent } from './content.ts';
import { keyOf } from './content.ts';
import { holdsOn, shownDays } from './days.ts';
import { withEntries } from './load-recognition-files.ts';

type Judging = Pick<LiveRecognition, 'files' | 'entries'>;

/**
 * Refuses a change that the catalogue cannot take.
 *
 * @param change as it would be approved
 * @param approved all that is approved now, without it
 * @returns what the change is about, `item GLU`
 * @throws ServiceError 'invalid' for what names something that does not exist; 'rule-broken' where it would contradict what
 *   holds, with both named, or ends what does not hold
 */
export function requireApplicable(change: AppliedChange, approved: readonly AppliedChange[], { files, entries }: Judging): string {
  const replaced = replacedBy(change, entries);
  if (change.entry !== undefined) requireSound(change.entry, { files, entries }, change.replaces === undefined ? undefined : replaced);
  const after = applyChanges(files.entries, [change, ...approved.filter(({ id }) => id !== change.id)]);
  requireNoCollision(after, change, { files, entries });
  requireMembers(after, files);
  return change.entry !== undefined ? keyOf(change.entry) : keyOf(replaced ?? missing(change));
}

function replacedBy(change: AppliedChange, entries: readonly Entry[]): Entry | undefined {
  if (change.replaces === undefined) return undefined;
  const found = entries.find((entry) => entry.subject === change.subject && entry.id === change.replaces) ?? missing(change);
  const { effective } = found.content;
  if (change.entry === undefined && !holdsOn({ from: effective.from, to: effective.to }, change.lastDay ?? '')) {
    throw refusal('rule-broken', 'lastDay', `The last day lies outside the days of ${found.id}, ${shownDays(effective)}`);
  }
  return found;
}

function missing({ subject, replaces = '', entry }: AppliedChange): never {
  throw refusal('rule-broken', entry === undefined ? 'ends' : 'replaces', `The catalogue has no ${subject} ${replaces.slice(0, 100)} that holds on any day`);
}

function requireSound(entry: EntryContent, { files, entries }: Judging, replaced: Entry | undefined): void {
  const known = withEntries(files.known, [...entries, { ...entry, id: '', origin: '', isOfFile: false }]);
  const issues = faultsOfEntry(entry, known).map(({ element, fault }): Issue => issueOf(`content.${element}`, fault));
  if (issues.length > 0) throw new ServiceError('invalid', 'The change names what does not exist', issues);
  if (replaced !== undefined && keyOf(replaced) !== keyOf(entry)) {
    throw refusal('rule-broken', 'replaces', `${replaced.id} is about ${keyOf(replaced)}, and cannot be followed by an entry about ${keyOf(entry)}`);
  }
}

/** Of contradictions those count that the change has part in: what stood in files and was approved before is not its fault. */
function requireNoCollision(after: readonly Entry[], change: AppliedChange, { files }: Judging): void {
  if (change.entry === undefined) return;
  const name = entryIdOf(change.id, change.entry);
  const dated = after.map((entry) => ({ entry, dated: datedOf(entry, files.known) }));
  const own = dated.find(({ entry }) => !entry.isOfFile && entry.subject === change.subject && entry.id === name)?.dated;
  if (own === undefined) return;
  const near = dated.filter(({ dated: other }) => other === own || other.key === own.key || other.codes.some((code) => own.codes.includes(code))).map((one) => one.dated);
  const issues = near.flatMap((other) => (other === own ? [] : collisionsOf([own, other]))).map(({ sentence }) => issueOf('content.effective', `${sentence}. Name the other in replaces, or choose other days`, 'business-rule'));
  if (issues.length > 0) throw new ServiceError('rule-broken', issues[0]?.diagnostics ?? '', issues);
}

/** A panel must not ask for an item that has left the catalogue for good. */
function requireMembers(after: readonly Entry[], files: Judging['files']): void {
  const known = withEntries(files.known, after);
  const orphaned = after.flatMap((entry) => (entry.subject === 'panel' ? faultsOfEntry(entry, known).map(({ fault }) => ({ id: entry.id, fault })) : []))[0];
  if (orphaned !== undefined) throw refusal('rule-broken', 'ends', `Panel ${orphaned.id} would ask for what the catalogue no longer has: ${orphaned.fault}`);
}

function refusal(kind: 'rule-broken', element: string, sentence: string): ServiceError {
  return new ServiceError(kind, sentence, [issueOf(element, sentence, 'business-rule')]);
}

function issueOf(expression: string, diagnostics: string, code: Issue['code'] = 'value'): Issue {
  return { severity: 'error', code, diagnostics, expression };
}
