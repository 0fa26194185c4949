import { derivedId } from '../../fhir/derived-id.ts';
import type { Resource } from '../../fhir/resource.ts';
import type { Services } from '../../services.ts';
import type { DecisionRecord } from '../decisions/decision-record.ts';
import type { Repeat } from '../repeats/repeat.ts';
import type { Column } from './columns.ts';
import { columnsOf } from './columns.ts';

/** Entries of one List; further ones go into a further List. */
const PART = 1_000;

/** The records behind the numbers of a snapshot, written as Lists while they are counted. */
export class RecordLists {
  readonly #services: Services;
  readonly #of: { readonly month: string; readonly revision: number };
  readonly #open = new Map<Column, string[]>();
  readonly #written = new Map<Column, string[]>();

  constructor(services: Services, of: { readonly month: string; readonly revision: number }) {
    this.#services = services;
    this.#of = of;
  }

  async addDecision(record: DecisionRecord): Promise<void> {
    for (const column of columnsOf(record)) await this.#add(column, `DetectedIssue/${record.id}`);
  }

  /** The result that repeats another: the record about it is no FHIR. */
  async addRepeat({ result }: Repeat): Promise<void> {
    await this.#add('repeats', result);
  }

  async finish(): Promise<void> {
    for (const [column, references] of this.#open) if (references.length > 0) await this.#write(column, references);
    this.#open.clear();
  }

  /** References of the Lists of a column. */
  of(column: Column): readonly string[] {
    return this.#written.get(column) ?? [];
  }

  async #add(column: Column, reference: string): Promise<void> {
    const open = this.#open.get(column) ?? [];
    open.push(reference);
    if (open.length < PART) this.#open.set(column, open);
    else {
      this.#open.delete(column);
      await this.#write(column, open);
    }
  }

  async #write(column: Column, references: readonly string[]): Promise<void> {
    const { month, revision } = this.#of;
    const written = this.#written.get(column) ?? [];
    const resource: Resource & { readonly id: string } = {
      resourceType: 'List',
      id: derivedId('List', 'recognition', month, revision, column, written.length),
      status: 'current', mode: 'snapshot',
      title: `Recognition ${month}, revision ${revision}: ${column}, part ${written.length + 1}`,
      date: this.#services.clock().toISOString(),
      entry: references.map((reference) => ({ item: { reference } })),
    };
    await this.#services.store.commit([{ kind: 'put', resource }]);
    this.#written.set(column, [...written, `List/${resource.id}`]);
  }
}
