import { derivedId } from '../fhir/derived-id.ts';
import type { Resource } from '../fhir/resource.ts';
import type { InboxMessage } from './inbox.ts';
import { STATEMENT_TYPE } from './records.ts';

/** A document of a store, and what it is found by, has its limit. */
const RESOURCES_PER_STATEMENT = 1_000;

/**
 * Which resources a message spoke of, whether it changed them or only confirmed them: by this a message that was received
 * earlier and is processed later knows what it must leave alone. Each processing adds its own and changes no other.
 *
 * @param about references
 */
export function statementsOf({ message, version }: InboxMessage, about: readonly string[]): (Resource & { readonly id: string })[] {
  return Array.from({ length: Math.ceil(about.length / RESOURCES_PER_STATEMENT) }, (_, part) => ({
    resourceType: STATEMENT_TYPE,
    id: derivedId(STATEMENT_TYPE, message.id, version, part),
    message: message.id,
    received: message.receivedAt,
    about: about.slice(part * RESOURCES_PER_STATEMENT, (part + 1) * RESOURCES_PER_STATEMENT),
  }));
}
