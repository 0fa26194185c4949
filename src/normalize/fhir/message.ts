import type { Issue, IssueCode } from '../../fhir/outcome.ts';
import type { Resource } from '../../fhir/resource.ts';

export const BUNDLE_TYPES = ['transaction', 'batch', 'collection', 'message', 'document'] as const;
/** `single`: one resource without a Bundle around it. */
export type MessageKind = (typeof BUNDLE_TYPES)[number] | 'single';

/** One resource of a message, as sent. */
export interface SentEntry {
  readonly index: number;
  /** FHIRPath of the resource: `Bundle.entry[3].resource`, or its type when it came alone. */
  readonly at: string;
  readonly resource: Resource;
  readonly fullUrl: string | undefined;
  /** `request.method` of a transaction or batch. */
  readonly method: string | undefined;
  /** Logical id in the source: that of the resource, or of the address that a PUT names. */
  readonly ownId: string | undefined;
}

/** A fault of one entry, or of the whole message when `entry` is undefined. */
export interface Fault { readonly entry: number | undefined; readonly issue: Issue }

export interface SentMessage {
  readonly kind: MessageKind;
  /** Entries that can be read; the others have a fault. */
  readonly entries: readonly SentEntry[];
  readonly faults: readonly Fault[];
}

/** @param expression FHIRPath of the element at fault */
export function faultAt(entry: number | undefined, code: IssueCode, expression: string, diagnostics: string): Fault {
  return { entry, issue: { severity: 'error', code, diagnostics, expression } };
}
