import { authorize } from '../access/index.ts';
import type { Caller } from '../access/index.ts';
import { scanBundle } from '../fhir/bundle.ts';
import { inTurnIfLarge } from '../large-bodies.ts';
import type { Services } from '../services.ts';
import type { Answer } from './answer.ts';
import { processBatch } from './batch.ts';
import type { BundleContext } from './batch.ts';
import { refused } from './incoming.ts';
import { processTransaction } from './transaction.ts';

/**
 * Does what a batch or a transaction asks for.
 *
 * @param read gives the body
 * @throws JsonError; ServiceError 'malformed' for another resource, 'not-supported' for another kind of bundle
 */
export async function processBundle(services: Services, caller: Caller, read: () => Promise<Buffer>, context: BundleContext): Promise<Answer> {
  // Who may send no batch may send no transaction either: their body need not be read.
  await authorize(services, caller, { action: 'batch' });
  const bytes = await read();
  const bundle = scanBundle(bytes, { entries: services.config.limits.bundleEntries });
  if (bundle.envelope['resourceType'] !== 'Bundle') throw refused('malformed', 'structure', 'The body must be a Bundle; a single resource is sent to the address of its type', 'Bundle.resourceType');
  switch (bundle.type) {
    case 'batch': return processBatch(services, caller, bundle, context);
    case 'transaction': return inTurnIfLarge(services, bytes.length, () => processTransaction(services, caller, bundle, context));
    case undefined: throw refused('malformed', 'required', 'The Bundle must have a type', 'Bundle.type');
    default: throw refused('not-supported', 'not-supported', 'A Bundle sent here must be a batch or a transaction; other kinds are taken by the intake', 'Bundle.type');
  }
}
