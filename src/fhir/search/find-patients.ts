import type { Definitions } from '../definitions/model.ts';
import type { Path } from '../path/compile.ts';
import type { Resource } from '../resource.ts';
import { patientParametersOf, patientsOf } from './compartment.ts';
import type { ExtractOptions } from './extract.ts';
import { referenceAdder } from './reference-terms.ts';
import { createSearchParameters, pathOfParameter } from './registry.ts';
import { emptyTermLists } from './term-lists.ts';

interface Plan { readonly steps: readonly { readonly param: string; readonly path: Path }[]; readonly parameters: ReadonlySet<string> }

/**
 * Makes the function that tells which local patients a resource is about: the same as `IndexTerms.patients`, without the
 * work of all other terms, since access and trace of every single read ask for it.
 */
export function createPatientFinder(definitions: Definitions, { baseUrl }: ExtractOptions = {}): (resource: Resource) => readonly string[] {
  const searchParameters = createSearchParameters(definitions);
  const addReference = referenceAdder(baseUrl, definitions.preferredSystems);
  const plans = new Map<string, Plan>();
  const planOf = (type: string): Plan => {
    const known = plans.get(type);
    if (known !== undefined) return known;
    const own = searchParameters.of(type);
    const parameters = patientParametersOf(definitions, type, own);
    const definitionsOfType = [...own.values()].filter((parameter) => parameters.has(parameter.code)).map((parameter) => parameter.definition);
    const plan = { parameters, steps: definitionsOfType.map((definition) => ({ param: definition.code, path: pathOfParameter(definitions, type, definition) })) };
    if (definitions.resourceTypes.includes(type)) plans.set(type, plan);
    return plan;
  };
  return (resource) => {
    const { steps, parameters } = planOf(resource.resourceType);
    const terms = emptyTermLists();
    for (const { param, path } of steps) {
      for (const item of path.evaluate(resource, { resource, rootResource: resource })) addReference(item, param, terms);
    }
    return patientsOf(resource, terms, parameters);
  };
}
