import type { ScannedBundle } from '../fhir/bundle.ts';
import { scanBundle } from '../fhir/bundle.ts';
import { JsonError } from '../fhir/json.ts';
import { inTurnIfLarge } from '../large-bodies.ts';
import type { Services } from '../services.ts';
import { commitMessage } from './commit-message.ts';
import type { Answer, InboxMessage } from './inbox.ts';
import { readPayload } from './inbox.ts';
import { prepareMessage } from './prepare-message.ts';
import { refuseMessage } from './refuse-message.ts';
import { renderRefusal } from './render-answer.ts';
import type { Processing } from './settle-message.ts';

/** The body of a message, and where its entries stand; the scan's error for a body that cannot be read. */
export interface ScannedBody { readonly bytes: Buffer; readonly bundle: ScannedBundle | JsonError }

/** Never throws for bad data. */
export function scanBody(services: Services, bytes: Buffer): ScannedBody {
  try {
    return { bytes, bundle: scanBundle(bytes, { entries: services.config.limits.bundleEntries }) };
  } catch (error) {
    if (error instanceof JsonError) return { bytes, bundle: error };
    throw error;
  }
}

/**
 * Takes a message of the inbox through normalisation, mapping and validation into the store. Whoever repeats it, here or on
 * another gateway, comes to the same resources.
 *
 * @param body where the caller has it at hand; else it is read from the inbox
 * @throws ServiceError 'unavailable' when the store is gone: the message stays in the inbox and is resumed at the next start
 */
export function processMessage(services: Services, inbox: InboxMessage, processing: Processing, body?: ScannedBody): Promise<Answer> {
  return inTurnIfLarge(services, inbox.message.bytes, () => processInTurn(services, inbox, processing, body));
}

async function processInTurn(services: Services, inbox: InboxMessage, processing: Processing, body: ScannedBody | undefined): Promise<Answer> {
  const { bytes, bundle } = body ?? scanBody(services, await readPayload(services, inbox.message));
  if (bundle instanceof JsonError) return refuseUnreadable(services, inbox, processing, bundle);
  try {
    const prepared = await prepareMessage(services, processing.source, bundle, bytes);
    if (prepared.accepted.length > 0) return await commitMessage(services, inbox, processing, prepared);
    const { kind, entryCount, faults } = prepared;
    return await refuseMessage(services, inbox, processing, { kind, entryCount, issueCount: faults.length, answer: renderRefusal('invalid', faults.map((fault) => fault.issue)) });
  } catch (error) {
    if (error instanceof JsonError) return refuseUnreadable(services, inbox, processing, error);
    throw error;
  }
}

function refuseUnreadable(services: Services, inbox: InboxMessage, processing: Processing, error: JsonError): Promise<Answer> {
  const isMalformed = error.reason === 'syntax';
  const issue = { severity: 'fatal', code: isMalformed ? 'structure' : 'too-long', diagnostics: error.message } as const;
  return refuseMessage(services, inbox, processing, { issueCount: 1, answer: renderRefusal(isMalformed ? 'malformed' : 'too-large', [issue]) });
}
