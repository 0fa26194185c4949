import type { Segment } from '../segment.ts';
import type { Noted } from './noted.ts';

/** An OBX, with those that continue its text. */
export interface ObservedText {
  readonly lines: readonly Segment[];
  readonly notes: readonly Segment[];
  readonly roles: readonly Segment[];
}

const TEXTS: ReadonlySet<string> = new Set(['ST', 'TX', 'FT', '']);
const CONTINUABLE: ReadonlySet<string> = new Set(['TX', 'FT']);

/** Joins the lines of a text that is sent in one OBX a line: neighbours of type TX or FT with the same code, sub-id and status. */
export function joinTexts(observations: readonly Noted[]): readonly ObservedText[] {
  const joined: { lines: Segment[]; notes: Segment[]; roles: Segment[] }[] = [];
  for (const { segment, notes, roles } of observations) {
    const last = joined.at(-1);
    const before = last?.lines.at(-1);
    if (last !== undefined && before !== undefined && last.notes.length + last.roles.length === 0 && continues(before, segment)) {
      last.lines.push(segment);
      last.notes.push(...notes);
      last.roles.push(...roles);
    } else {
      joined.push({ lines: [segment], notes: [...notes], roles: [...roles] });
    }
  }
  return joined;
}

function continues(before: Segment, obx: Segment): boolean {
  if (!CONTINUABLE.has(obx.text(2)) || before.text(2) !== obx.text(2)) return false;
  return [3, 4, 11].every((field) => before.value(field).raw === obx.value(field).raw) && obx.text(3) !== '';
}

/** What the lines of a text say together. */
export function writtenText({ lines }: Pick<ObservedText, 'lines'>): string {
  return lines.map((line) => line.values(5).map((value) => value.wholeText()).join('\n')).join('\n').trim();
}

/** True where OBX-2 says that the value is a text. */
export function isText(obx: Segment): boolean {
  return TEXTS.has(obx.text(2));
}
