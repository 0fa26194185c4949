import type { Issue } from '../fhir/outcome.ts';
import { operationOutcome } from '../fhir/outcome.ts';
import type { Stored } from '../store/store.ts';
import type { Preference } from './prefer.ts';

/** What an interaction answers, the same for a request of its own and for an entry of a bundle. */
export interface Answer {
  readonly status: number;
  /** JSON, as text or in UTF-8; absent for an answer without a body. */
  readonly body?: string | Buffer;
  /** The version that the answer speaks of: `ETag` and `Last-Modified`. */
  readonly version?: Pick<Stored, 'version' | 'lastUpdated'>;
  /** Relative to the base: `Patient/p1/_history/2`. */
  readonly location?: string;
  /** Remarks on what was accepted. */
  readonly issues?: readonly Issue[];
}

/** `W/"2"` @see https://hl7.org/fhir/R4/http.html#versioning */
export function etagOf(version: number): string {
  return `W/"${version}"`;
}

/** The answer to a write that stored, or found stored, this version. */
export function writeAnswer(stored: Stored, preference: Preference, issues: readonly Issue[]): Answer {
  const body = writeBody(stored, preference, issues);
  return {
    status: stored.outcome === 'created' ? 201 : 200,
    version: stored,
    location: `${stored.type}/${stored.id}/_history/${stored.version}`,
    issues,
    ...(body === undefined ? {} : { body }),
  };
}

/** @see https://hl7.org/fhir/R4/http.html#return */
function writeBody(stored: Stored, preference: Preference, issues: readonly Issue[]): string | Buffer | undefined {
  switch (preference.returns) {
    case 'minimal': return undefined;
    case 'OperationOutcome': return JSON.stringify(operationOutcome(issues));
    case 'representation': return stored.bytes;
  }
}
