import type { SearchParameterDefinition } from '../definitions/model.ts';
import type { TermKind } from './query.ts';

/** The search parameters of each resource type, those of Resource and DomainResource included. */
export interface SearchParameters {
  /** By code. Composite and special parameters are listed and not searchable, `isSearchable` tells. */
  of(type: string): ReadonlyMap<string, SearchParameter>;
}

export interface SearchParameter {
  readonly code: string;
  readonly definition: SearchParameterDefinition;
  readonly type: SearchParameterDefinition['type'];
  /** Resource types that a reference parameter can point to from this resource type. */
  readonly targets: readonly string[];
  readonly isSearchable: boolean;
  /** What it is indexed as; undefined when it is not searchable. */
  readonly kind: TermKind | undefined;
  /** Modifiers offered for it, without the colon; for a reference parameter also the target types. */
  readonly modifiers: readonly string[];
  /** Of a token parameter over codes: the code systems that its value sets imply, which a search may name though the data does not. */
  readonly impliedSystems: readonly string[];
}
