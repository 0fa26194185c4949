import { dayBefore } from './days.ts';
import type { Entry, EntryContent, Subject } from './content.ts';

/** An approved change, as far as it decides what is in the catalogue. */
export interface AppliedChange {
  readonly id: string;
  readonly subject: Subject;
  /** The new entry; undefined where one only ends. */
  readonly entry: EntryContent | undefined;
  /** Id of the entry that the new one follows, or that ends. */
  readonly replaces: string | undefined;
  /** Of the entry that ends; where a new one follows, the day before that one begins. */
  readonly lastDay: string | undefined;
}

/**
 * The catalogue as it is with the changes that were approved. What was approved stands before the files: it comes first, so
 * that a file which was changed later does not take away what two people decided.
 *
 * @param files entries of `profiles/recognition`; @param changes approved ones
 */
export function applyChanges(files: readonly Entry[], changes: readonly AppliedChange[]): readonly Entry[] {
  const lastDays = new Map<string, string>();
  for (const change of changes) {
    const end = lastDayOf(change);
    if (change.replaces === undefined || end === undefined) continue;
    const ended = `${change.subject} ${change.replaces}`;
    if (end < (lastDays.get(ended) ?? '9999-12-31')) lastDays.set(ended, end);
  }
  const added = changes.flatMap((change): Entry[] => (change.entry === undefined ? [] : [{ ...change.entry, id: entryIdOf(change.id, change.entry), origin: 'approved', isOfFile: false }]));
  return [...added, ...files].flatMap((entry) => {
    const last = lastDays.get(`${entry.subject} ${entry.id}`);
    return last === undefined ? [entry] : endedOn(entry, last);
  });
}

function lastDayOf({ entry, lastDay }: AppliedChange): string | undefined {
  return entry === undefined ? lastDay : dayBefore(entry.content.effective.from);
}

/** None left where it would end before it begins. */
function endedOn(entry: Entry, last: string): readonly Entry[] {
  const { from, to } = entry.content.effective;
  if (last < from) return [];
  const effective = { from, to: to === undefined || last < to ? last : to };
  switch (entry.subject) {
    case 'row': return [{ ...entry, content: { ...entry.content, effective } }];
    case 'panel': return [{ ...entry, content: { ...entry.content, effective } }];
    case 'price': return [{ ...entry, content: { ...entry.content, effective } }];
    case 'group': return [{ ...entry, content: { ...entry.content, effective } }];
  }
}

/** Characters of a change's id that tell its entry from others which begin on the same day. */
const TAIL = 6;

/** `GLU@2026-03-01.3f2a9c`. @param change id of the change */
export function entryIdOf(change: string, entry: EntryContent): string {
  const { effective: { from } } = entry.content;
  return `${nameOf(entry)}@${from}.${change.slice(-TAIL)}`;
}

function nameOf(entry: EntryContent): string {
  switch (entry.subject) {
    case 'row': return entry.content.item;
    case 'panel': return entry.content.panel;
    case 'group': return entry.content.group;
    case 'price': return `${entry.content.organization} ${entry.content.item === undefined ? `panel ${entry.content.panel ?? ''}` : `item ${entry.content.item}`}`;
  }
}
