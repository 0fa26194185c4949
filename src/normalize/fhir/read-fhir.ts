import { scanBundle } from '../../fhir/bundle.ts';
import { JsonError } from '../../fhir/json.ts';
import type { ReadableMessage, SentMessage } from '../message.ts';
import { UnreadableMessage } from '../message.ts';
import { messageIdOf, readMessage } from './read-message.ts';

/**
 * A FHIR Bundle, or one resource, as JSON.
 *
 * @param bytes UTF-8; they must not change while the message is in use
 * @throws UnreadableMessage for what is no JSON object, nested too deep, or of too many entries
 */
export function readFhir(bytes: Buffer, limits: { readonly entries: number }): ReadableMessage {
  const bundle = orUnreadable(() => scanBundle(bytes, limits));
  return {
    messageId: messageIdOf(bundle),
    read: (): SentMessage => {
      const sent = orUnreadable(() => readMessage(bundle, bytes));
      return { ...sent, entryCount: bundle.entryCount || sent.entries.length };
    },
  };
}

function orUnreadable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof JsonError) throw new UnreadableMessage(error.reason === 'syntax' ? 'syntax' : 'limit', error.message, { cause: error });
    throw error;
  }
}
