import { createRequire } from 'node:module';
import type * as FhirPath from 'fhirpath';
import type { ElementModel } from '../definitions/model.ts';
import type { PathEnvironment } from '../path/compile.ts';
import type { JsonObject, JsonValue } from '../resource.ts';

/** False when the value breaks the rule. */
export type InvariantTest = (value: JsonObject | string, environment: PathEnvironment) => boolean;

/**
 * Evaluates an expression that our own compiler does not know with the FHIRPath library: correct, and some hundred times
 * slower. Every invariant that R4 publishes is compiled; this serves the profiles that an operator adds, and the library
 * is loaded for them only. What `trace()` would print is dropped, since it is patient data.
 *
 * @throws Error for an expression that is not FHIRPath
 */
export function slowPath(expression: string, focus: string | ElementModel): InvariantTest {
  const require = createRequire(import.meta.url);
  const { compile } = require('fhirpath') as typeof FhirPath;
  const model = require('fhirpath/fhir-context/r4') as Parameters<typeof compile>[1];
  const base = typeof focus === 'string' ? focus : focus.path;
  const evaluate = compile({ base, expression }, model, { async: false, traceFn: () => undefined });
  return (value, { resource, rootResource }) => {
    try {
      const result: unknown = evaluate(plainJson(value), plainJson({ resource, rootResource }));
      return !Array.isArray(result) || result[0] !== false;
    } catch {
      // What cannot be evaluated, on data that breaks other rules or for lack of a function, is not known to be broken.
      return true;
    }
  };
}

/** A copy that the library may annotate, with raw numbers as plain ones. */
function plainJson<T extends JsonValue | Record<string, JsonValue | undefined>>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
