/** Pairs of records with how sure each is. */
export interface Links { readonly a: readonly number[]; readonly b: readonly number[]; readonly score: readonly number[] }

/**
 * Persons as what hangs together by pairs, the surest first, and never two records with different valid numbers.
 *
 * @param numbers of each record a number that stands for its resident ID, 0 where it has none; the sign is the kind of number
 * @returns of each record the record that stands for its person
 */
export function cluster(count: number, links: Links, numbers: Float64Array): Int32Array {
  const parent = Int32Array.from({ length: count }, (_, record) => record);
  const mainland = new Float64Array(count);
  const permit = new Float64Array(count);
  numbers.forEach((number, record) => ((number > 0 ? mainland : permit)[record] = number));
  const find = (record: number): number => {
    let root = record;
    while (parent[root] !== root) root = parent[root] ?? root;
    for (let at = record; at !== root;) [at, parent[at]] = [parent[at] ?? root, root];
    return root;
  };
  const order = Uint32Array.from({ length: links.a.length }, (_, at) => at).sort((left, right) => (links.score[right] ?? 0) - (links.score[left] ?? 0));
  for (const at of order) {
    const [one, other] = [find(links.a[at] ?? 0), find(links.b[at] ?? 0)];
    if (one === other || contradict(mainland, one, other) || contradict(permit, one, other)) continue;
    parent[other] = one;
    for (const known of [mainland, permit]) if (known[one] === 0) known[one] = known[other] ?? 0;
  }
  return parent.map((_, record) => find(record));
}

function contradict(numbers: Float64Array, one: number, other: number): boolean {
  return numbers[one] !== 0 && numbers[other] !== 0 && numbers[one] !== numbers[other];
}
