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

/** The record at the end of the chain; where records name each other, the smallest of those. */
function survivorOf(patient: string, records: ReadonlyMap<string, MatchRecord>): string {
  const passed: string[] = [];
  for (let at = patient; ; ) {
    passed.push(at);
    const next = records.get(at)?.merges.find((merge) => merge.type === 'replaced-by' && areOfOneSource(records.get(at), records.get(merge.patient)))?.patient;
    if (next === undefined) return at;
    if (passed.includes(next)) return passed.slice(passed.indexOf(next)).sort()[0] ?? at;
    at = next;
  }
}

/** A source speaks for its own records only. */
function areOfOneSource(a: MatchRecord | undefined, b: MatchRecord | undefined): boolean {
  return a !== undefined && b !== undefined && a.resource.meta?.['source'] === b.resource.meta?.['source'];
}
