import type { Issue } from '../../fhir/outcome.ts';
import type { Sender } from '../local-identity.ts';
import type { ReadableMessage, SentMessage } from '../message.ts';
import { faultIn } from '../message.ts';
import { buildEntries } from './build-entries.ts';
import { dateReader } from './date-format.ts';
import { gatherRows } from './gather-rows.ts';
import type { TableLimits } from './limits.ts';
import { tableMessageId } from './message-id.ts';
import type { OpenTable } from './open-csv.ts';
import type { TableMapping } from './mapping.ts';
import { openCsv } from './open-csv.ts';
import type { Plan } from './plan-columns.ts';
import { planColumns } from './plan-columns.ts';
import { openWorkbook } from './xlsx/open-workbook.ts';

export type TableFormat = 'csv' | 'xlsx';

/** A table as it is delivered, whole or as one part of a larger one. */
export interface TableDelivery {
  readonly format: TableFormat;
  readonly fileName?: string | undefined;
  /** Row, in the file that this is a part of, of the first row below the header. */
  readonly firstRow?: number | undefined;
}

export interface ReadableTable extends ReadableMessage {
  /** Name of the mapping by which it is read. */
  readonly mapping: string;
}

/** Columns that are named to the sender where the mapping does not speak of them, and how much of a name. */
const MOST_NAMED = 20;
const MOST_OF_NAME = 40;

/**
 * Finds out what a table is and which mapping of its source reads it.
 *
 * @returns a message whose `read` gives an entry for each record that the rows tell, and a fault for each row that cannot be taken in
 * @throws UnreadableMessage for what is no table, is over a limit, or fits no mapping
 * @see profiles/tables/README.md
 */
export function readTable(bytes: Buffer, delivery: TableDelivery, sender: Sender, limits: TableLimits): ReadableTable {
  const open = delivery.format === 'csv' ? openCsv : openWorkbook;
  const table = open(bytes, sender.tables ?? [], delivery, limits);
  const planned = planColumns(table.mapping, table.header);
  return {
    messageId: delivery.fileName === undefined ? undefined : tableMessageId(delivery.fileName, delivery.firstRow),
    mapping: table.mapping.name,
    read: () => ({
      ...(planned.faults.length > 0 ? { kind: 'table', entries: [], faults: planned.faults } : readRows(table, planned.plan, sender)),
      remarks: remarksOn(table.mapping, planned.unmappedColumns),
    }),
  };
}

/** A column that was renamed looks like one that was never meant to be read: its sender alone can tell. */
function remarksOn({ name, headerRow }: TableMapping, unmapped: readonly string[]): readonly Issue[] {
  if (unmapped.length === 0) return [];
  const named = unmapped.slice(0, MOST_NAMED).map((column) => column.trim().slice(0, MOST_OF_NAME)).join(', ');
  const rest = unmapped.length > MOST_NAMED ? ` and ${unmapped.length - MOST_NAMED} more` : '';
  return [{ severity: 'information', code: 'informational', location: `row ${headerRow}`, diagnostics: `The mapping ${name} does not speak of these columns, and nothing of them is taken in: ${named}${rest}` }];
}

function readRows({ mapping, rows, is1904 }: OpenTable, plan: Plan, sender: Sender): SentMessage {
  if (rows.length === 0) return { kind: 'table', entries: [], faults: [faultIn(undefined, 'required', `row ${mapping.headerRow}`, 'The table holds no row below its header')] };
  const places = Object.values(plan.facts);
  const reading = { plan, places, readDate: dateReader(mapping.dates, sender.offset, is1904), dateForms: [...new Set([...mapping.dates, 'yyyy-MM-dd HH:mm:ss'])].join(', ') };
  const results = { mapping, absent: new Map(Object.entries(mapping.absent)), place: plan.facts.result, flagPlace: plan.facts.flag, unitPlace: plan.facts.unit, places: plan.results };
  const gathered = gatherRows(rows, reading, results);
  return { kind: 'table', ...buildEntries(gathered, plan, sender) };
}
