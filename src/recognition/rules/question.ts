import type { CatalogueRow, Scope } from './catalogue-item.ts';
import type { Certificate } from './certificate.ts';
import type { OrderItem, PriorResult } from './facts.ts';

/** Everything that decides whether one prior result may stand in for one ordered item. */
export interface RecognitionQuestion {
  readonly order: OrderItem;
  readonly prior: PriorResult;
  /** The row of the ordered item; undefined where the catalogue has none. */
  readonly row: CatalogueRow | undefined;
  /** Those of other institutions and items are passed over. */
  readonly certificates: readonly Certificate[];
  /** All scopes by id. */
  readonly scopes: ReadonlyMap<string, Scope>;
  /** What the person lets the ordering institution know. */
  readonly consent: 'permitted' | 'refused';
  /** East of UTC: the days of the catalogue and of certificates are days of the district. */
  readonly offsetMinutes: number;
}

/** Why a result did not pass a gate, for a physician. */
export interface Sentence { readonly zh: string; readonly en: string }

/** A gate: undefined when the result passes. `now` in epoch ms. */
export type GateRule = (question: RecognitionQuestion, now: number) => Sentence | undefined;
