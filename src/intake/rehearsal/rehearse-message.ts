import { hash } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { Caller } from '../../access/index.ts';
import { authorize } from '../../access/index.ts';
import { recordTrace } from '../../audit/index.ts';
import { inTurnIfLarge } from '../../large-bodies.ts';
import { UnreadableMessage } from '../../normalize/index.ts';
import type { Services } from '../../services.ts';
import { planOf } from '../commit-message.ts';
import { mergeContributions } from '../merge-contributions.ts';
import { orderOf } from '../message-order.ts';
import { openBody } from '../open-body.ts';
import type { EntryResult } from '../plan-entries.ts';
import type { PreparedMessage } from '../prepare-message.ts';
import { prepareMessage } from '../prepare-message.ts';
import type { Delivery } from '../receive-message.ts';
import type { SourceMessage } from '../records.ts';
import type { Source } from '../source.ts';
import { sourceOf } from '../source-of.ts';
import type { RehearsalReport } from './rehearsal-report.ts';
import { reportOf, reportOfUnreadable } from './rehearsal-report.ts';

/**
 * Takes a message through everything that a push goes through, over what is stored now, and stores nothing but the trace.
 * It is no refusal when the message would be refused: the report says so, with every fault.
 *
 * @throws ServiceError 'forbidden' unless the caller is this source; 'not-found' for an unknown source
 */
export async function rehearseMessage(services: Services, caller: Caller, delivery: Omit<Delivery, 'messageId'>): Promise<RehearsalReport> {
  await authorize(services, caller, { action: 'intake', source: delivery.source });
  const source = sourceOf(services, delivery.source);
  const bytes = await delivery.body();
  const report = await inTurnIfLarge(services, bytes.length, () => rehearse(services, source, { format: delivery.format, bytes }));
  await recordTrace(services, caller, { action: 'operation', interaction: 'intake-rehearse', outcome: 'success' });
  return report;
}

async function rehearse(services: Services, source: Source, { format, bytes }: { readonly format: Delivery['format']; readonly bytes: Buffer }): Promise<RehearsalReport> {
  const start = performance.now();
  const about = { source: source.id, format, bytes: bytes.length };
  const { message } = openBody(services, source, { format, messageId: undefined, bytes });
  if (message instanceof UnreadableMessage) return reportOfUnreadable(about, message, performance.now() - start);
  try {
    const imagined = messageOf(services, source, { format, bytes, messageId: message.messageId });
    const prepared = await mergeContributions(services, source, imagined, await prepareMessage(services, source, message));
    const results = await resultsOf(services, source, imagined, prepared);
    return reportOf(services, { about: { ...about, messageId: message.messageId }, source, prepared, results }, performance.now() - start);
  } catch (error) {
    if (error instanceof UnreadableMessage) return reportOfUnreadable(about, error, performance.now() - start);
    throw error;
  }
}

async function resultsOf(services: Services, source: Source, imagined: SourceMessage, { accepted, saidAt }: PreparedMessage): Promise<readonly EntryResult[]> {
  if (accepted.length === 0) return [];
  const speaker = { ...orderOf(imagined, saidAt), id: imagined.id, isReplay: false };
  return (await planOf(services, speaker, accepted, { source: source.id, now: imagined.receivedAt })).results;
}

/** The message as it would be in the inbox. */
function messageOf(services: Services, source: Source, { format, bytes, messageId }: { readonly format: Delivery['format']; readonly bytes: Buffer; readonly messageId: string | undefined }): SourceMessage {
  const contentHash = hash('sha256', bytes);
  return {
    id: 'rehearsal', source: source.id, messageId: messageId ?? contentHash, contentHash, format, bytes: bytes.length, parts: 0,
    receivedAt: services.clock().toISOString(), status: 'received', issueCount: 0, unmapped: [], sentBy: { subject: '', requestId: '', address: '' },
  };
}
