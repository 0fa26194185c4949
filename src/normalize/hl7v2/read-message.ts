import type { Sender } from '../local-identity.ts';
import type { SentMessage } from '../message.ts';
import type { V2Message } from './parse.ts';
export function readV2(_message: V2Message, _sender: Sender): SentMessage { return { kind: 'hl7v2', entries: [], faults: [] }; }
