import type { ConstraintModel, Definitions, ElementModel } from '../definitions/model.ts';
import { compilePath } from '../path/compile.ts';
import { isObject } from '../resource.ts';
import { handWritten } from './hand-written.ts';
import { slowPath } from './invariant-library.ts';
import type { InvariantTest } from './invariant-library.ts';
import type { Location } from './location.ts';
import { elementName } from './location.ts';
import { report } from './run.ts';
import type { Check, Scope } from './run.ts';

export interface Invariant {
  readonly key: string;
  readonly severity: 'error' | 'warning';
  readonly human: string;
  /** How it is evaluated: a hand-written function, our compiled path, or the FHIRPath library. */
  readonly by: 'hand' | 'compiled' | 'library';
  /** False when the value breaks it. An empty result is no breach. */
  readonly holds: InvariantTest;
}

/** Rules that hold by the structural walk itself, see `object-check.ts`, `reference-check.ts`, `resource-check.ts` and `narrative.ts`. */
const BY_STRUCTURE: ReadonlySet<string> = new Set(['ele-1', 'ext-1', 'dom-2', 'dom-3', 'dom-4', 'dom-5', 'ref-1', 'txt-1', 'txt-2']);

/** The invariants that an element or type defines, ready to be evaluated. */
export function invariantsOf(constraints: readonly ConstraintModel[], focus: string | ElementModel, definitions: Definitions): Invariant[] {
  return constraints.filter(({ key }) => !BY_STRUCTURE.has(key)).map((constraint) => compileInvariant(constraint, focus, definitions));
}

function compileInvariant({ key, severity, human, expression }: ConstraintModel, focus: string | ElementModel, definitions: Definitions): Invariant {
  const byHand = handWritten.get(key);
  if (byHand !== undefined) return { key, severity, human, by: 'hand', holds: byHand };
  const compiled = compilePath(expression, { definitions, focus });
  if (!compiled.ok) return { key, severity, human, by: 'library', holds: slowPath(expression, focus) };
  const { path } = compiled;
  return { key, severity, human, by: 'compiled', holds: (value, environment) => path.test(value, environment) !== false };
}

/**
 * A check that evaluates invariants on one value; undefined when there are none. Warnings are best practices of R4, and
 * remarked on only where the validation asks for it; those of a profile are `always`.
 */
export function invariantCheck(invariants: readonly Invariant[], { always = false } = {}): Check | undefined {
  if (invariants.length === 0) return undefined;
  const demanded = always ? invariants : invariants.filter(({ severity }) => severity !== 'warning');
  return (value, at, scope) => {
    const evaluated = scope.run.withBestPractice ? invariants : demanded;
    // Anything else has been refused by its structure, or has no parts that a rule could be about.
    if (evaluated.length === 0 || (!isObject(value) && typeof value !== 'string')) return;
    const environment = { resource: scope.resource, rootResource: scope.root };
    for (const invariant of evaluated) if (!invariant.holds(value, environment)) reportBreach(invariant, at, scope);
  };
}

function reportBreach(invariant: Invariant, at: Location, scope: Scope): void {
  const rule = invariant.human.replace(/\.?\s*$/, '');
  report(scope.run, at, { severity: invariant.severity, code: 'invariant', diagnostics: `\`${elementName(at)}\` breaks rule ${invariant.key}: ${rule}` });
}
