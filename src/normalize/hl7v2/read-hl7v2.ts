import type { Sender } from '../local-identity.ts';
import type { ReadableMessage } from '../message.ts';
import { decodeV2 } from './decode.ts';
import { parseV2, V2_LIMITS } from './parse.ts';
import { readV2 } from './read-message.ts';

/**
 * One HL7 v2 message. It is known by its sender's application and facility and its control id (MSH-3, MSH-4, MSH-10).
 *
 * @param fallback character set where MSH-18 is empty
 * @throws UnreadableMessage
 */
export function readHl7v2(bytes: Buffer, sender: Sender, fallback: string | undefined): ReadableMessage {
  const { text, charset } = decodeV2(bytes, fallback);
  const message = parseV2(text, V2_LIMITS, charset);
  const { header, controlId } = message;
  return {
    messageId: controlId === '' ? undefined : [header.text(3), header.text(4), controlId].join('|'),
    read: () => readV2(message, sender),
  };
}
