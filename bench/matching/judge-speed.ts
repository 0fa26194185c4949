import { registry } from '../../src/district/registry/registry.ts';
import { blockingKeys, type Features, featuresOf, judge, type MatchModel } from '../../src/identity/matching/index.ts';

/** Pairs judged in a second, their features at hand: pairs that share a key, as all that are judged do, and pairs of strangers. */
export function judgeSpeed(model: MatchModel): { readonly meeting: number; readonly strangers: number } {
  const records = [...registry({ people: 4000, seed: 'speed' })].map(({ patient }) => featuresOf(patient));
  const strangers = records.map((features, at) => [features, records[(at * 7919 + 13) % records.length] ?? features] as const);
  const first = new Map<string, Features>();
  const meeting = records.flatMap((features) => blockingKeys(features).flatMap((key) => {
    const other = first.get(key);
    if (other === undefined) first.set(key, features);
    return other === undefined ? [] : [[other, features] as const];
  }));
  return { meeting: perSecond(meeting, model), strangers: perSecond(strangers, model) };
}

/** The first second warms up. */
function perSecond(pairs: readonly (readonly [Features, Features])[], model: MatchModel): number {
  let rate = 0;
  for (let round = 0; round < 2; round++) {
    const started = performance.now();
    let judged = 0;
    for (; performance.now() - started < 1000; judged += pairs.length) for (const [a, b] of pairs) judge(a, b, model);
    rate = judged / ((performance.now() - started) / 1000);
  }
  return rate;
}
