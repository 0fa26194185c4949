/**
 * Parts a graph into its strongly connected components: nodes that all lead to each other, as one, and any other by itself.
 * Every component stands behind those that it leads to. Walks without recursion: a chain may be as long as a message has entries.
 *
 * @param targetsOf what a node leads to; may name it itself
 * @see R. Tarjan, Depth-First Search and Linear Graph Algorithms, SIAM J. Comput. 1 (1972) 146-160
 */
export function ringsOf<T>(nodes: Iterable<T>, targetsOf: (node: T) => readonly T[]): readonly (readonly T[])[] {
  const rings: T[][] = [];
  const seen = new Map<T, Visit<T>>();
  /** Those met whose ring is not complete yet. */
  const open: Visit<T>[] = [];
  const path: Visit<T>[] = [];

  const enter = (node: T): void => {
    const visit: Visit<T> = { node, targets: targetsOf(node), next: 0, order: seen.size, earliest: seen.size, isOpen: true };
    seen.set(node, visit);
    open.push(visit);
    path.push(visit);
  };

  const leave = (visit: Visit<T>): void => {
    path.pop();
    const before = path.at(-1);
    if (before !== undefined) before.earliest = Math.min(before.earliest, visit.earliest);
    if (visit.earliest < visit.order) return;
    const ring = open.splice(open.lastIndexOf(visit));
    for (const member of ring) member.isOpen = false;
    rings.push(ring.map(({ node }) => node));
  };

  for (const start of nodes) {
    if (!seen.has(start)) enter(start);
    for (let visit = path.at(-1); visit !== undefined; visit = path.at(-1)) {
      const target = visit.targets[visit.next++];
      if (target === undefined) {
        leave(visit);
        continue;
      }
      const met = seen.get(target);
      if (met === undefined) enter(target);
      else if (met.isOpen) visit.earliest = Math.min(visit.earliest, met.order);
    }
  }
  return rings;
}

interface Visit<T> {
  readonly node: T;
  readonly targets: readonly T[];
  next: number;
  readonly order: number;
  /** The earliest node on the path that this one leads back to. */
  earliest: number;
  isOpen: boolean;
}
