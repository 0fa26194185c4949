import type { Segment } from '../segment.ts';
import { IGNORED_SEGMENTS } from './ignored-segments.ts';

/** A segment with what the message says of it right after it: notes, and who took part. */
export interface Noted {
  readonly segment: Segment;
  readonly notes: readonly Segment[];
  /** ROL and PRT. */
  readonly roles: readonly Segment[];
}

/** Puts notes and roles with the segment that they follow; what is not mapped is left out. */
export function withNotes(segments: readonly Segment[]): readonly Noted[] {
  const list: { segment: Segment; notes: Segment[]; roles: Segment[] }[] = [];
  for (const segment of segments) {
    const { name } = segment;
    if (name === 'NTE') list.at(-1)?.notes.push(segment);
    else if (name === 'ROL' || name === 'PRT') list.at(-1)?.roles.push(segment);
    else if (!isIgnored(name)) list.push({ segment, notes: [], roles: [] });
  }
  return list;
}

/** Segments that begin with Z are of the sender's own making. */
function isIgnored(name: string): boolean {
  return name.startsWith('Z') || IGNORED_SEGMENTS.has(name);
}
