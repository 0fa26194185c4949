import type { Sender } from '../local-identity.ts';
import type { ReadableMessage, SentMessage } from '../message.ts';
import { faultIn } from '../message.ts';
import { buildEntries } from './build-entries.ts';
import { dateReader } from './date-format.ts';
import { gatherRows } from './gather-rows.ts';
import type { TableLimits } from './limits.ts';
import { tableMessageId } from './message-id.ts';
import type { OpenTable } from './open-csv.ts';
import { openCsv } from './open-csv.ts';
import type { Plan } from './plan-columns.ts';
import { planColumns } from './plan-columns.ts';
import { remarksOnColumns } from './remarks.ts';
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
      remarks: [...table.remarks, ...remarksOnColumns(table.mapping, planned.unmappedColumns)],
    }),
  };
}

function readRows({ mapping, rows, is1904 }: OpenTable, plan: Plan, sender: Sender): SentMessage {
  if (rows.length === 0) return { kind: 'table', entries: [], faults: [faultIn(undefined, 'required', `row ${mapping.headerRow}`, 'The table holds no row below its header')] };
  const places = Object.values(plan.facts);
  const reading = { plan, places, readDate: dateReader(mapping.dates, sender.offset, is1904), dateForms: [...new Set([...mapping.dates, 'yyyy-MM-dd HH:mm:ss'])].join(', ') };
  const results = { mapping, absent: new Map(Object.entries(mapping.absent)), place: plan.facts.result, flagPlace: plan.facts.flag, unitPlace: plan.facts.unit, places: plan.results };
  const gathered = gatherRows(rows, reading, results);
  return { kind: 'table', ...buildEntries(gathered, plan, sender) };
}
