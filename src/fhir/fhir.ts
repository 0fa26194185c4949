import type { Definitions } from './definitions/model.ts';
import type { Issue } from './outcome.ts';
import type { Resource } from './resource.ts';
import type { SearchParameters } from './search/parameters.ts';
import type { IndexTerms } from './search/terms.ts';

/** R4 as this exchange knows it: definitions, validation, search parameters. Made once at start by `loadFhir`. */
export interface Fhir {
  readonly definitions: Definitions;
  readonly searchParameters: SearchParameters;
  /** True for one of the 146 concrete types. */
  isResourceType(name: string): boolean;
  /**
   * Every fault and remark of a would-be resource: structure, cardinality, primitives, choice types, required bindings,
   * reference targets, invariants, then each profile that `meta.profile` or `profiles` names. Never throws for bad data.
   */
  validate(resource: unknown, options?: ValidateOptions): Issue[];
  extractTerms(resource: Resource): IndexTerms;
  /** `extractTerms(resource).patients` at a tenth of the cost. */
  patientsOf(resource: Resource): readonly string[];
}

export interface ValidateOptions {
  /** Canonicals demanded besides those in `meta.profile`. */
  readonly profiles?: readonly string[];
  /** Prefix of every `expression`, such as `Bundle.entry[3].resource`; the resource type by default. */
  readonly at?: string;
  /** Also remark on the best practices of R4, such as a missing narrative; false by default. */
  readonly bestPractice?: boolean;
}
