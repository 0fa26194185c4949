/** Precision: how many of the links are right. Recall: how many of the pairs that belong together are linked. */
export interface Quality { readonly links: number; readonly wrong: number; readonly precision: number; readonly recall: number }

export function qualityOf(right: number, links: number, truePairs: number): Quality {
  return { links, wrong: links - right, precision: links === 0 ? 1 : right / links, recall: truePairs === 0 ? 1 : right / truePairs };
}

/** Quality of all pairs that a division into persons makes. */
export function qualityOfClusters(persons: Int32Array, truth: readonly number[]): Quality {
  const links = pairs(persons.length, (record) => persons[record] ?? 0);
  const truePairs = pairs(persons.length, (record) => truth[record] ?? 0);
  // Of one person in truth and by the links: a number for both together.
  const right = pairs(persons.length, (record) => (truth[record] ?? 0) * persons.length + (persons[record] ?? 0));
  return qualityOf(right, links, truePairs);
}

function pairs(count: number, keyOf: (record: number) => number): number {
  const keys = Float64Array.from({ length: count }, (_, record) => keyOf(record)).sort();
  let sum = 0;
  for (let at = 0, start = 0; at <= count; at++) {
    if (at < count && keys[at] === keys[start]) continue;
    sum += (at - start) * (at - start - 1) / 2;
    start = at;
  }
  return sum;
}
