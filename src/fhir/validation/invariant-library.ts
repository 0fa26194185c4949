import { createRequire } from 'node:module';
import type * as FhirPath from 'fhirpath';
import type { ElementModel } from '../definitions/model.ts';
import type { PathEnvironment } from '../path/compile.ts';
import type { JsonObject, JsonValue } from '../resource.ts';

/** False when the value breaks the rule. */
export type InvariantTest = (value: JsonObject | string, environment: PathEnvironment) => boolean;

/**
 * Evaluates an expression that our own compiler does not know with the FHIRPath library: correct, and some hundred times
 * slower. Every invariant that R4 publishes is compiled; this serves the profiles that an operator adds. The library is
 * loaded when it is first needed, since few installations ever do.
 */
export function slowPath(expression: string, focus: string | ElementModel): InvariantTest {
  let evaluate: ReturnType<typeof loadEvaluator> | undefined;
  const base = typeof focus === 'string' ? focus : focus.path;
  return (value, environment) => {
    evaluate ??= loadEvaluator(expression, base);
    const result = evaluate(plainJson(value), plainJson({ resource: environment.resource, rootResource: environment.rootResource }));
    return result.length === 0 || result[0] !== false;
  };
}

function loadEvaluator(expression: string, base: string): (value: unknown, variables: Record<string, unknown>) => unknown[] {
  const require = createRequire(import.meta.url);
  const { compile } = require('fhirpath') as typeof FhirPath;
  const model = require('fhirpath/fhir-context/r4') as Parameters<typeof compile>[1];
  const evaluate = compile({ base, expression }, model, { async: false });
  return (value, variables) => evaluate(value, variables) as unknown[];
}

/** A copy that the library may annotate, with raw numbers as plain ones. */
function plainJson<T extends JsonValue | Record<string, JsonValue | undefined>>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
