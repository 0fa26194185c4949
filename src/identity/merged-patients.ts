import type { Pair } from './decision.ts';
import type { MatchRecord } from './match-record.ts';

/**
 * The records that their source merged into another one, each with the record at the end of the chain. A record with
 * `link.type` replaced-by, as ADT^A40 leaves it, belongs to the person of that other record, whatever it says itself; when the
 * link is taken back, or a human holds the two apart, it stands by itself. No data moves.
 *
 * @param different pairs that humans hold apart
 */
export function mergedInto(records: ReadonlyMap<string, MatchRecord>, different: readonly Pair[]): readonly Pair[] {
  return [...records.keys()].sort().flatMap((patient): Pair[] => {
    const survivor = survivorOf(patient, records);
    const isHeldApart = different.some((pair) => pair.includes(patient) && pair.includes(survivor));
    return survivor === patient || isHeldApart ? [] : [[patient, survivor]];
  });
}

/** The record at the end of the chain; of records that name each other the first stays by itself. */
function survivorOf(patient: string, records: ReadonlyMap<string, MatchRecord>): string {
  const passed = new Set<string>();
  for (let at = patient; ; ) {
    passed.add(at);
    const next = records.get(at)?.merges.find((merge) => merge.type === 'replaced-by' && records.has(merge.patient))?.patient;
    if (next === undefined) return at;
    if (passed.has(next)) return [...passed].sort()[0] ?? patient;
    at = next;
  }
}
