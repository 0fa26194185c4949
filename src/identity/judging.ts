import type { MatchRecord } from './match-record.ts';
import type { Judgement, MatchModel } from './matching/index.ts';
import { judge } from './matching/index.ts';

/** Compares records, each kind of pair once: a hospital that makes a record for each visit says the same many times. */
export interface Judging { readonly of: (a: MatchRecord, b: MatchRecord) => Judgement }

export function judging(model: MatchModel): Judging {
  const kinds = new Map<string, number>();
  const kindOf = new WeakMap<MatchRecord, number>();
  const known = new Map<string, Judgement>();
  const kind = (record: MatchRecord): number => {
    const seen = kindOf.get(record);
    if (seen !== undefined) return seen;
    const text = JSON.stringify(record.features);
    const number = kinds.get(text) ?? kinds.size;
    kinds.set(text, number);
    kindOf.set(record, number);
    return number;
  };
  return {
    of: (a, b) => {
      const [one, other] = [kind(a), kind(b)];
      const name = one < other ? `${one} ${other}` : `${other} ${one}`;
      // Always the same way round, so that the answer cannot hang on who came first.
      const judgement = known.get(name) ?? (one <= other ? judge(a.features, b.features, model) : judge(b.features, a.features, model));
      known.set(name, judgement);
      return judgement;
    },
  };
}
