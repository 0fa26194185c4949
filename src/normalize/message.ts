import type { Issue, IssueCode } from '../fhir/outcome.ts';
import type { Resource } from '../fhir/resource.ts';

export const BUNDLE_TYPES = ['transaction', 'batch', 'collection', 'message', 'document'] as const;
/** What a message is. `single`: one FHIR resource without a Bundle around it. */
export type MessageKind = (typeof BUNDLE_TYPES)[number] | 'single' | 'hl7v2' | 'cda' | 'table';

/** Where a record stands in a message that is not FHIR, in the words of its sender. */
export interface Origin {
  /** `OBX[3]`, `/ClinicalDocument/component[2]/…`, `row 12`. */
  readonly at: string;
  /** First element of the resource (`value` for `valueQuantity` too) -> the place it came from: `OBX[3]-5`, `row 12, column 结果`. */
  readonly elements: Readonly<Record<string, string>>;
}

/**
 * A record of which a message tells only a part, as the PID of a result does of the patient: what it says joins what other
 * messages said of the same record, element by element, in whatever order they come.
 */
export interface Contribution {
  /** 1 for a message about the record itself (ADT of a patient), 0 for one that mentions it on the way. The higher wins over the newer. */
  readonly authority: 0 | 1;
  /** Elements that the message empties, as HL7 v2 does with `""`: names of members, such as `telecom` or `period.end`. */
  readonly cleared: readonly string[];
  /** Lists to which each message adds and from which none takes away, such as `result` of a report that comes in parts. */
  readonly joined?: readonly string[];
}

/** Index of a record that no entry of the message holds, such as that of a document as a whole. */
export const NO_ENTRY = -1;

/** One resource of a message, as sent. */
export interface SentEntry {
  readonly index: number;
  /** FHIRPath of the resource: `Bundle.entry[3].resource`, or its type when it came alone or not as FHIR. */
  readonly at: string;
  readonly resource: Resource;
  readonly fullUrl: string | undefined;
  /** `request.method` of a transaction or batch. */
  readonly method: string | undefined;
  /** Logical id in the source: that of the resource, or of the address that a PUT names. */
  readonly ownId: string | undefined;
  readonly origin?: Origin;
  readonly contribution?: Contribution;
}

/** A fault of one entry, or of the whole message when `entry` is undefined. */
export interface Fault { readonly entry: number | undefined; readonly issue: Issue }

export interface SentMessage {
  readonly kind: MessageKind;
  /** Entries that can be read; the others have a fault. */
  readonly entries: readonly SentEntry[];
  readonly faults: readonly Fault[];
  /** What refuses nothing, and yet its sender should know. */
  readonly remarks?: readonly Issue[];
  /** When its sender says that it was sent or the event happened, an instant: of two messages about one record the later one holds. Else the time of receipt counts. */
  readonly saidAt?: string | undefined;
  /** Records sent, those included that could not be read; else as many as there are entries. */
  readonly entryCount?: number;
}

/** A body whose form is known to be right, before its records are read. */
export interface ReadableMessage {
  /** What its sender calls the message. */
  readonly messageId: string | undefined;
  /** Reads the records. What is wrong with them is told as faults. @throws UnreadableMessage where the form was right only on the surface */
  read(): SentMessage;
}

/** A body that is not of its format at all: what is told of it cannot name an element. */
export class UnreadableMessage extends Error {
  override readonly name = 'UnreadableMessage';
  /** `syntax`: it is not what it claims to be; `limit`: it is larger, deeper or of more parts than is taken in. */
  readonly reason: 'syntax' | 'limit';

  /** @param message a sentence for the sender, without what the body says */
  constructor(reason: 'syntax' | 'limit', message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** @param expression FHIRPath of the element at fault */
export function faultAt(entry: number | undefined, code: IssueCode, expression: string, diagnostics: string): Fault {
  return { entry, issue: { severity: 'error', code, diagnostics, expression } };
}

/** @param location place in a message that is not FHIR */
export function faultIn(entry: number | undefined, code: IssueCode, location: string, diagnostics: string): Fault {
  return { entry, issue: { severity: 'error', code, diagnostics, location } };
}

/** The same fault with the place where the sender finds it. */
export function withOrigin(fault: Fault, { at, origin }: Pick<SentEntry, 'at' | 'origin'>): Fault {
  const { expression, location } = fault.issue;
  if (origin === undefined || location !== undefined) return fault;
  const element = expression?.startsWith(`${at}.`) === true ? /^[a-z]+[A-Za-z]*/.exec(expression.slice(at.length + 1))?.[0] ?? '' : '';
  const place = origin.elements[element] ?? Object.entries(origin.elements).find(([name]) => isFormOf(name, element) || isFormOf(element, name))?.[1];
  return { ...fault, issue: { ...fault.issue, location: place ?? origin.at } };
}

/** `valueString` is a form of `value[x]`. */
function isFormOf(member: string, choice: string): boolean {
  return choice !== '' && member.startsWith(choice) && /^[A-Z]/.test(member.slice(choice.length));
}
