import { z } from 'zod';
import { derivedId } from '../fhir/derived-id.ts';
import type { Resource } from '../fhir/resource.ts';
import type { InboxMessage } from './inbox.ts';
import type { MessageOrder } from './message-order.ts';
import { STATEMENT_TYPE } from './records.ts';

/** A document of a store, and what it is found by, has its limit. */
const RESOURCES_PER_STATEMENT = 1_000;

const schema = z.object({ id: z.string(), message: z.string(), received: z.string(), tie: z.string().default(''), about: z.array(z.string()) });

/** Which resources a message spoke of. `received`: the instant by which it stands among the others. */
export type Statement = z.infer<typeof schema>;

/**
 * Which resources a message spoke of, whether it changed them or only confirmed them: by this a message that stands before
 * it and is processed later knows what it must leave alone. Each processing adds its own and changes no other.
 *
 * @param about references
 */
export function statementsOf({ message, version }: InboxMessage, { at, tie }: MessageOrder, about: readonly string[]): (Resource & { readonly id: string })[] {
  return Array.from({ length: Math.ceil(about.length / RESOURCES_PER_STATEMENT) }, (_, part) => ({
    resourceType: STATEMENT_TYPE,
    id: derivedId(STATEMENT_TYPE, message.id, version, part),
    message: message.id,
    received: new Date(at).toISOString(),
    ...(tie === '' ? {} : { tie }),
    about: about.slice(part * RESOURCES_PER_STATEMENT, (part + 1) * RESOURCES_PER_STATEMENT),
  }));
}

/** @param body a stored SourceStatement, JSON text */
export function parseStatement(body: string): Statement {
  return schema.parse(JSON.parse(body));
}
