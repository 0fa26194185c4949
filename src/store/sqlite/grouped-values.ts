import { EARLIEST_MS, LATEST_MS } from '../../fhir/search/terms.ts';
import type { IndexRow } from './index-rows.ts';
import type { Names } from './names.ts';
import type { SqlValue } from './sql.ts';

interface Entry<Value> { readonly value: Value; readonly params: number[] }
export type Term = readonly [space: number, value: string];
type Phrase = readonly [folded: string, exact: string];
type Extent = readonly [low: number, high: number, space: number, code: string];

/** Up to so many values are compared with each other, which is faster than making keys. */
const FEW = 16;

/** Values of one table, each once with all parameters that have it. */
export class Values<Value extends readonly SqlValue[]> {
  readonly entries: Entry<Value>[] = [];
  #byKey: Map<string, Entry<Value>> | undefined;

  add(param: number, value: Value): void {
    const entry = this.#find(value);
    if (entry === undefined) this.#append({ value, params: [param] });
    else if (!entry.params.includes(param)) entry.params.push(param);
  }

  #find(value: Value): Entry<Value> | undefined {
    if (this.#byKey !== undefined) return this.#byKey.get(JSON.stringify(value));
    for (const entry of this.entries) if (isSame(entry.value, value)) return entry;
    return undefined;
  }

  #append(entry: Entry<Value>): void {
    this.entries.push(entry);
    if (this.#byKey !== undefined) this.#byKey.set(JSON.stringify(entry.value), entry);
    else if (this.entries.length > FEW) this.#byKey = new Map(this.entries.map((each) => [JSON.stringify(each.value), each]));
  }
}

/** The values that a resource has by itself. */
export class GroupedValues {
  readonly #terms = new Values<Term>();
  readonly #phrases = new Values<Phrase>();
  readonly #extents = new Values<Extent>();

  addTerm(param: number, term: Term): void {
    this.#terms.add(param, term);
  }

  addPhrase(param: number, phrase: Phrase): void {
    this.#phrases.add(param, phrase);
  }

  addExtent(param: number, extent: Extent): void {
    this.#extents.add(param, extent);
  }

  rows(names: Names): IndexRow[] {
    const rows: IndexRow[] = [];
    for (const { value, params } of this.#terms.entries) {
      const p = names.group(params);
      names.addSpace(p, value[0]);
      rows.push({ table: 'term', values: [p, ...value] });
    }
    for (const { value, params } of this.#phrases.entries) rows.push({ table: 'phrase', values: [names.group(params), ...value] });
    for (const { value, params } of this.#extents.entries) {
      const p = names.group(params);
      const [low, high] = value;
      if (low > EARLIEST_MS && high < LATEST_MS) names.widen(p, high - low);
      else rows.push({ table: 'endless', values: [p] });
      rows.push({ table: 'extent', values: [p, ...value] });
    }
    return rows;
  }
}

function isSame(a: readonly SqlValue[], b: readonly SqlValue[]): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
