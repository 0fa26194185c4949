import { z } from 'zod';
import type { Resource } from '../fhir/resource.ts';
import { reasonSchema } from './dead-letters/reason.ts';

/**
 * The records of the intake. They live in the store beside the resources and are committed with them, and they are no FHIR:
 * the REST API does not know their types.
 */
export const MESSAGE_TYPE = 'SourceMessage';
/** What came in, packed and in parts, written once. */
export const PAYLOAD_TYPE = 'SourcePayload';
/** What was answered. */
export const ANSWER_TYPE = 'SourceAnswer';
/** Kept by former versions for what stands beside the records now (move-beside.ts): of which resources a message spoke, and by which messages the elements of a record are known. */
export const STATEMENT_TYPE = 'SourceStatement';
export const FACTS_TYPE = 'SourceFacts';

/** `partial`: a batch of which some entries were refused. */
export const MESSAGE_STATUSES = ['received', 'processed', 'partial', 'refused'] as const;
export type MessageStatus = (typeof MESSAGE_STATUSES)[number];

/** What a source can speak. */
export const FORMATS = ['fhir', 'hl7v2', 'cda', 'csv', 'xlsx'] as const;
export type Format = (typeof FORMATS)[number];

export const gapSchema = z.object({ kind: z.enum(['code', 'unit']), system: z.string(), code: z.string(), display: z.string() });

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
  /** Instant at which its body was deleted, after the time for which its source's bodies are kept. */
  payloadDroppedAt: z.string().optional(),
  /** Why it, or entries of it, are refused now; absent where nothing is. */
  reasons: z.array(reasonSchema).optional(),
  /** How often it was tried again by itself, since records were missing that might have come. */
  attempts: z.number().optional(),
  /** Instant at which it is tried again at the latest. */
  nextRetryAt: z.string().optional(),
  /** Under which keys each of the missing records may be found when it has come. */
  awaits: z.array(z.array(z.object({ type: z.string(), id: z.string() }))).optional(),
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
