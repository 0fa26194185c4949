import type { InvariantTest } from './invariant-library.ts';

/** Published invariants that are wrong as they stand, by expression, and what is evaluated instead. */
export const publishedFixes: ReadonlyMap<string, InvariantTest> = new Map();
