import { hash } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { Caller } from '../../access/index.ts';
import { authorize } from '../../access/index.ts';
import { recordTrace } from '../../audit/index.ts';
import type { Issue } from '../../fhir/outcome.ts';
import { inTurnIfLarge } from '../../large-bodies.ts';
import { splitBatch, UnreadableMessage } from '../../normalize/index.ts';
import type { Services } from '../../services.ts';
import { joinKnown } from '../join-known.ts';
import { speakerOf } from '../mark.ts';
import { openBody } from '../open-body.ts';
import { planEntries } from '../plan-entries.ts';
import { prepareMessage } from '../prepare-message.ts';
import type { Delivery } from '../receive-message.ts';
import type { SourceMessage } from '../records.ts';
import type { Source } from '../source.ts';
import { sourceOf } from '../source-of.ts';
import { messageOfPart, partsOf } from '../table/receive-table.ts';
import type { RehearsalReport } from './rehearsal-report.ts';
import { reportOf, reportOfBatch, reportOfUnreadable } from './rehearsal-report.ts';

/**
 * Takes a message through everything that a push goes through, over what is stored now, and stores nothing but the trace.
 * It is no refusal when the message would be refused: the report says so, with every fault. Of a table the first part is rehearsed.
 *
 * @throws ServiceError 'forbidden' unless the caller is this source; 'not-found' for an unknown source
 */
export async function rehearseMessage(services: Services, caller: Caller, delivery: Delivery): Promise<RehearsalReport> {
  await authorize(services, caller, { action: 'intake', source: delivery.source });
  const source = sourceOf(services, delivery.source);
  const bytes = await delivery.body();
  const report = await inTurnIfLarge(services, bytes.length, () => rehearse(services, source, { format: delivery.format, messageId: delivery.messageId, bytes }));
  await recordTrace(services, caller, { action: 'operation', interaction: 'intake-rehearse', outcome: 'success' });
  return report;
}

interface Sent { readonly format: Delivery['format']; readonly messageId: string | undefined; readonly bytes: Buffer }

/** Of a batch so many messages are rehearsed. */
const MOST_MESSAGES = 1_000;

/** Every message of an HL7 v2 batch by itself, as if those before it had not come. */
async function rehearse(services: Services, source: Source, sent: Sent): Promise<RehearsalReport> {
  const start = performance.now();
  const about = { source: source.id, format: sent.format, bytes: sent.bytes.length };
  try {
    const messages = sent.format === 'hl7v2' ? splitBatch(sent.bytes) : [sent.bytes];
    const [only] = messages;
    if (messages.length === 1 && only !== undefined) return await rehearseOne(services, source, { ...sent, bytes: only });
    const reports: RehearsalReport[] = [];
    for (const bytes of messages.slice(0, MOST_MESSAGES)) reports.push(await rehearseOne(services, source, { ...sent, bytes }));
    return reportOfBatch({ ...about, messageId: sent.messageId }, reports, messages.length, performance.now() - start);
  } catch (error) {
    if (error instanceof UnreadableMessage) return reportOfUnreadable(about, error, performance.now() - start);
    throw error;
  }
}

async function rehearseOne(services: Services, source: Source, sent: Sent): Promise<RehearsalReport> {
  const start = performance.now();
  const about = { source: source.id, format: sent.format, bytes: sent.bytes.length };
  try {
    const { whole, remarks } = await wholeOrFirstPart(source, sent);
    const { message } = openBody(services, source, whole);
    if (message instanceof UnreadableMessage) throw message;
    const imagined = messageOf(services, source, { ...whole, messageId: message.messageId ?? whole.messageId });
    const { prepared, known } = await joinKnown(services, source, imagined, await prepareMessage(services, source, message));
    const results = planEntries(prepared.accepted, { source: source.id, stored: known, speaker: speakerOf(imagined, prepared.saidAt), now: imagined.receivedAt }).results;
    return reportOf(services, { about: { ...about, messageId: message.messageId ?? whole.messageId }, source, prepared: { ...prepared, remarks: [...remarks, ...prepared.remarks] }, results }, performance.now() - start);
  } catch (error) {
    if (error instanceof UnreadableMessage) return reportOfUnreadable(about, error, performance.now() - start);
    throw error;
  }
}

/** A table comes in parts, each a message of its own: what is wrong with it shows in the first. */
async function wholeOrFirstPart(source: Source, { format, messageId, bytes }: Sent): Promise<{ readonly whole: Sent; readonly remarks: readonly Issue[] }> {
  const whole = { format, messageId, bytes };
  if (format !== 'csv' && format !== 'xlsx') return { whole, remarks: [] };
  const remarks: Issue[] = [];
  const parts = partsOf(source, { format, fileName: messageId, chunks: () => inOnePiece(bytes) }, (remark) => remarks.push(remark));
  for await (const part of parts) return { whole: messageOfPart(part, messageId), remarks };
  // Read whole, a table makes its remarks itself.
  return { whole, remarks: [] };
}

async function* inOnePiece(bytes: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(bytes);
}

/** The message as it would be in the inbox. */
function messageOf(services: Services, source: Source, { format, bytes, messageId }: Sent): SourceMessage {
  const contentHash = hash('sha256', bytes);
  return {
    id: 'rehearsal', source: source.id, messageId: messageId ?? contentHash, contentHash, format, bytes: bytes.length, parts: 0,
    receivedAt: services.clock().toISOString(), status: 'received', issueCount: 0, unmapped: [], sentBy: { subject: '', requestId: '', address: '' },
  };
}
