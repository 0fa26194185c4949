import type { DecisionRecord } from '../decisions/decision-record.ts';
import type { Repeat } from '../repeats/repeat.ts';
import type { Counts } from './columns.ts';
import { ALL_COLUMNS, countsOfDecision, NO_COUNTS, ONE_REPEAT } from './columns.ts';

export const DIMENSIONS = ['organization', 'department', 'item'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** One row of a table: a department is one of an institution, an item is of all. */
export interface FigureRow { readonly organization?: string | undefined; readonly department?: string | undefined; readonly item?: string | undefined; readonly counts: Counts }

/** The figures of one month. */
export interface FigureSet {
  /** `2026-03`. */
  readonly month: string;
  readonly total: Counts;
  /** By dimension. `item` is of all institutions together; `ownItem` of each. */
  readonly rows: Readonly<Record<Dimension | 'ownItem', readonly FigureRow[]>>;
}

/** What is known of a decision or a repeat when it is counted. */
interface Place { readonly organization: string; readonly department: string; readonly item: string }

/** Counts a month, one record after another, and keeps no more of them than the numbers. */
export class FigureCounter {
  readonly #month: string;
  readonly #tables: Record<Dimension | 'ownItem', Map<string, SummedRow>> = { organization: new Map(), department: new Map(), item: new Map(), ownItem: new Map() };
  readonly #total: Summed = { ...NO_COUNTS };

  constructor(month: string) {
    this.#month = month;
  }

  addDecision(record: DecisionRecord): void {
    const { organization, department = '' } = record.order;
    this.#add({ organization, department, item: record.item }, countsOfDecision(record));
  }

  /** Of a repeat nobody knows the department. */
  addRepeat({ organization, item }: Repeat): void {
    this.#add({ organization, department: '', item }, ONE_REPEAT);
  }

  #add({ organization, department, item }: Place, counts: Counts): void {
    addInto(this.#total, counts);
    add(this.#tables.organization, { organization, counts });
    add(this.#tables.department, { organization, department, counts });
    add(this.#tables.item, { item, counts });
    add(this.#tables.ownItem, { organization, item, counts });
  }

  figures(): FigureSet {
    const sorted = (table: ReadonlyMap<string, SummedRow>): readonly FigureRow[] => [...table].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
    const { organization, department, item, ownItem } = this.#tables;
    return { month: this.#month, total: this.#total, rows: { organization: sorted(organization), department: sorted(department), item: sorted(item), ownItem: sorted(ownItem) } };
  }
}

type Summed = Record<keyof Counts, number>;
interface SummedRow extends FigureRow { readonly counts: Summed }

function add(table: Map<string, SummedRow>, row: FigureRow): void {
  const key = JSON.stringify([row.organization ?? '', row.department ?? '', row.item ?? '']);
  const known = table.get(key);
  if (known === undefined) table.set(key, { ...row, counts: { ...row.counts } });
  else addInto(known.counts, row.counts);
}

/** In place: a month has more decisions than it has rows by far. */
function addInto(sum: Summed, counts: Counts): void {
  for (const column of ALL_COLUMNS) sum[column] += counts[column];
}
