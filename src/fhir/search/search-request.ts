import type { Issue } from '../outcome.ts';
import { MAX_PAGE_SIZE, type Clause, type Sort } from './query.ts';
import type { SearchParameters } from './parameters.ts';

/** A search as it was asked, typed and checked. */
export interface SearchRequest {
  readonly type: string;
  readonly where: readonly Clause[];
  readonly sort: readonly Sort[];
  /** Page size asked for, not above the limit; undefined: the server's choice; 0: only the number of matches. */
  readonly count: number | undefined;
  readonly total: Total | undefined;
  readonly summary: Summary | undefined;
  /** Top-level elements to keep; empty: all. */
  readonly elements: readonly string[];
  readonly includes: readonly Inclusion[];
  readonly revincludes: readonly Inclusion[];
  readonly format: string | undefined;
  readonly pretty: boolean | undefined;
  /** The query as it was understood, for the `self` link: names and values not yet percent-encoded. Reading it again gives the same. */
  readonly understood: readonly QueryPair[];
}

export type QueryPair = readonly [name: string, value: string];
export const TOTALS = ['none', 'estimate', 'accurate'] as const;
export type Total = (typeof TOTALS)[number];
export const SUMMARIES = ['true', 'text', 'data', 'count', 'false'] as const;
export type Summary = (typeof SUMMARIES)[number];

/** `_include`: what `param` of a `type` refers to. `_revinclude`: the resources of `type` that refer here by `param`. */
export interface Inclusion {
  readonly type: string;
  readonly param: string;
  /** Only targets of this type. */
  readonly target?: string;
  /** Also from resources that were themselves included. */
  readonly iterate: boolean;
}

export interface ParsedSearch {
  /** What could be read; complete when both lists are empty. */
  readonly request: SearchRequest;
  /** Values that cannot be read and limits that are exceeded: the request is refused whatever the client prefers. */
  readonly faults: readonly Issue[];
  /** Parameters and modifiers that are not offered: refused, or with `Prefer: handling=lenient` left out and told as warnings. */
  readonly unknown: readonly Issue[];
}

export interface SearchContext {
  readonly searchParameters: SearchParameters;
  readonly isResourceType: (name: string) => boolean;
  /** Epoch ms: `ap` on dates widens with the distance from now. */
  readonly now: number;
  /** As for extraction: references below it are local. */
  readonly baseUrl?: string;
  /** As for extraction: zone of dates that name none, in minutes east of UTC. */
  readonly offsetMinutes?: number;
  /** As for extraction: names of systems that have a preferred one. */
  readonly preferredSystems?: ReadonlyMap<string, string>;
  readonly limits?: Partial<SearchLimits>;
  /** The search is a condition of a write: parameters that say what to answer are not offered. */
  readonly isCondition?: boolean;
}

export interface SearchLimits {
  readonly parameters: number;
  /** Values of one parameter, joined by commas. */
  readonly alternatives: number;
  /** Characters of one value. */
  readonly valueLength: number;
  /** Steps of a chain or of nested `_has`. */
  readonly steps: number;
  readonly sortKeys: number;
  /** Largest page; a larger `_count` gets this one. */
  readonly count: number;
}

/** Ends the reading of one parameter. Never leaves `parseSearch`. */
export class SearchFault extends Error {
  readonly #kind: 'unknown' | 'malformed' | 'too-much';
  readonly #diagnostics: string | (() => string);

  /** @param diagnostics a function where it takes work and may never be read: a chain tries several types */
  constructor(kind: 'unknown' | 'malformed' | 'too-much', diagnostics: string | (() => string)) {
    super(kind);
    this.#kind = kind;
    this.#diagnostics = diagnostics;
  }

  /** True for a parameter or modifier that is not offered, false for a value that cannot be read. */
  get isUnknown(): boolean {
    return this.#kind === 'unknown';
  }

  get issue(): Issue {
    const code = { unknown: 'not-supported', malformed: 'value', 'too-much': 'too-costly' } as const;
    return { severity: 'error', code: code[this.#kind], diagnostics: typeof this.#diagnostics === 'string' ? this.#diagnostics : this.#diagnostics() };
  }
}

export const SEARCH_LIMITS: SearchLimits = { parameters: 64, alternatives: 200, valueLength: 10_000, steps: 3, sortKeys: 5, count: MAX_PAGE_SIZE };

/** Names of the parameters that say what to answer. */
export const RESULT_PARAMETERS = ['_sort', '_count', '_total', '_summary', '_elements', '_include', '_revinclude', '_format', '_pretty'] as const;
