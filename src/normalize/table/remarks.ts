import type { Issue } from '../../fhir/outcome.ts';
import type { TableMapping } from './mapping.ts';

/** Columns or sheets that are named to the sender, and how much of a name. */
const MOST_NAMED = 20;
const MOST_OF_NAME = 40;

/** A column that was renamed looks like one that was never meant to be read: its sender alone can tell. @param unmapped names of columns */
export function remarksOnColumns({ name, headerRow }: TableMapping, unmapped: readonly string[]): readonly Issue[] {
  if (unmapped.length === 0) return [];
  return [{ severity: 'warning', code: 'informational', location: `row ${headerRow}`, diagnostics: `The mapping ${name} does not speak of these columns, and nothing of them is taken in: ${named(unmapped)}` }];
}

/**
 * Results on a sheet that is not read are missing, and nobody would see it. A warning, since it concerns whole tables.
 *
 * @param read the sheet that is taken in; @param unread names of the others that hold something
 */
export function remarksOnSheets({ name }: TableMapping, read: string, unread: readonly string[]): readonly Issue[] {
  if (unread.length === 0) return [];
  return [{ severity: 'warning', code: 'informational', location: `sheet ${clipped(read)}`, diagnostics: `The mapping ${name} reads this sheet alone, and nothing is taken in of these others that hold something: ${named(unread)}` }];
}

function named(names: readonly string[]): string {
  const rest = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
  return `${names.slice(0, MOST_NAMED).map(clipped).join(', ')}${rest}`;
}

function clipped(name: string): string {
  return name.trim().slice(0, MOST_OF_NAME);
}
