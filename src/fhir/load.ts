import { loadDefinitions } from './definitions/load.ts';
import type { LoadOptions } from './definitions/load.ts';
import type { Fhir } from './fhir.ts';
import { createExtractor } from './search/extract.ts';
import type { ExtractOptions } from './search/extract.ts';
import { createPatientFinder } from './search/find-patients.ts';
import { createSearchParameters } from './search/registry.ts';
import { createValidator } from './validation/validator.ts';

/**
 * Puts together what this exchange knows of R4. Only the definitions are read now; validators, search parameters and
 * extractors of a type are compiled when its first resource comes.
 *
 * @throws Error when a profile or search parameter of `profilesDir` cannot be used; the message names it
 */
export async function loadFhir(options: LoadOptions & ExtractOptions): Promise<Fhir> {
  const definitions = await loadDefinitions(options);
  const resourceTypes = new Set(definitions.resourceTypes);
  return {
    definitions,
    searchParameters: createSearchParameters(definitions),
    isResourceType: (name) => resourceTypes.has(name),
    validate: createValidator(definitions),
    extractTerms: createExtractor(definitions, options),
    patientsOf: createPatientFinder(definitions, options),
  };
}
