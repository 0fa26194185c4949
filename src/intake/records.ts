import { z } from 'zod';
import { parseReference } from '../fhir/references.ts';
import type { JsonValue, Resource } from '../fhir/resource.ts';
import { isObject } from '../fhir/resource.ts';
import type { IndexTerms, ReferenceTerm, TokenTerm } from '../fhir/search/terms.ts';
import { ALIAS_TYPE } from '../normalize/index.ts';
import { terminologyTerms, UNMAPPED_TYPE, unmappedCode } from '../terminology/index.ts';

/**
 * The records of the intake. They live in the store beside the resources and are committed with them, and they are no FHIR:
 * the REST API does not know their types.
 */
export const MESSAGE_TYPE = 'SourceMessage';
/** What came in, packed and in parts, written once. */
export const PAYLOAD_TYPE = 'SourcePayload';
/** What was answered. */
export const ANSWER_TYPE = 'SourceAnswer';
/** Of which resources a message spoke. */
export const STATEMENT_TYPE = 'SourceStatement';
/** By which messages the elements of a record are known, where several contributed to it. */
export const FACTS_TYPE = 'SourceFacts';

/** `partial`: a batch of which some entries were refused. */
export const MESSAGE_STATUSES = ['received', 'processed', 'partial', 'refused'] as const;
export type MessageStatus = (typeof MESSAGE_STATUSES)[number];

/** What a source can speak. */
export const FORMATS = ['fhir', 'hl7v2', 'cda', 'csv', 'xlsx'] as const;
export type Format = (typeof FORMATS)[number];

const gapSchema = z.object({ kind: z.enum(['code', 'unit']), system: z.string(), code: z.string(), display: z.string() });

const messageSchema = z.object({
  /** Derived from source, message id and content: the same message is one record however often it comes. */
  id: z.string(),
  source: z.string(),
  /** As the sender names it, else its content hash. */
  messageId: z.string(),
  /** SHA-256 of the body, hex. */
  contentHash: z.string(),
  /** How the payload is to be read. */
  format: z.enum(FORMATS).default('fhir'),
  bytes: z.number(),
  /** How many parts the payload has. */
  parts: z.number(),
  /** Instant. */
  receivedAt: z.string(),
  status: z.enum(MESSAGE_STATUSES),
  /** Instant of the last processing. */
  finishedAt: z.string().optional(),
  /** When the sender says that it was sent, an instant; absent where it says nothing. */
  saidAt: z.string().optional(),
  /** `transaction`, `batch`…, `single`; absent while it was not read, or could not be. */
  kind: z.string().optional(),
  entryCount: z.number().optional(),
  /** How many faults refused it, or entries of it. */
  issueCount: z.number(),
  unmapped: z.array(gapSchema),
  /** Who sent it, for the trace of what is done with it later. */
  sentBy: z.object({ subject: z.string(), requestId: z.string(), address: z.string() }),
});

/** One message of a source, as the operator sees it: where it stands, and nothing of what it says. */
export type SourceMessage = Readonly<z.infer<typeof messageSchema>>;

/** The resource under which the store keeps a message. */
export function messageResource(message: SourceMessage): Resource & { readonly id: string } {
  return { resourceType: MESSAGE_TYPE, ...message };
}

/** @param body a stored SourceMessage, JSON text */
export function parseMessage(body: string): SourceMessage {
  return messageSchema.parse(JSON.parse(body));
}

/**
 * What the records of the intake are found by.
 *
 * @returns undefined for a resource that is none of them
 */
export function internalTerms(resource: Resource): IndexTerms | undefined {
  if (resource.resourceType === MESSAGE_TYPE) return messageTerms(resource);
  if (resource.resourceType === UNMAPPED_TYPE) return { ...NO_TERMS, token: [...token('source', resource['source']), ...token('kind', resource['kind'])] };
  if (resource.resourceType === STATEMENT_TYPE) return statementTerms(resource);
  return TERMLESS_TYPES.has(resource.resourceType) ? NO_TERMS : terminologyTerms(resource);
}

const TERMLESS_TYPES: ReadonlySet<string> = new Set([PAYLOAD_TYPE, ANSWER_TYPE, ALIAS_TYPE, FACTS_TYPE]);
const NO_TERMS: IndexTerms = { token: [], string: [], reference: [], date: [], number: [], quantity: [], uri: [], patients: [], clinicalDate: undefined };

function messageTerms(resource: Resource): IndexTerms {
  const unmapped = Array.isArray(resource['unmapped']) ? resource['unmapped'] : [];
  return {
    ...NO_TERMS,
    token: [
      ...token('source', resource['source']),
      ...token('status', resource['status']),
      ...token('message-id', resource['messageId']),
      ...unmapped.flatMap((sent) => {
        const gap = gapSchema.safeParse(isObject(sent) ? sent : undefined);
        return gap.success ? [{ param: 'unmapped', system: gap.data.kind, code: unmappedCode(gap.data) }] : [];
      }),
    ],
  };
}

function statementTerms({ about, received }: Resource): IndexTerms {
  const instant = typeof received === 'string' ? Date.parse(received) : Number.NaN;
  return {
    ...NO_TERMS,
    reference: (Array.isArray(about) ? about : []).flatMap((reference): ReferenceTerm[] => {
      const target = typeof reference === 'string' ? parseReference(reference) : undefined;
      return target?.kind === 'relative' ? [{ param: 'about', type: target.type, id: target.id, url: '' }] : [];
    }),
    date: Number.isNaN(instant) ? [] : [{ param: 'received', start: instant, end: instant }],
  };
}

function token(param: string, value: JsonValue | undefined): TokenTerm[] {
  return typeof value === 'string' ? [{ param, system: '', code: value }] : [];
}
