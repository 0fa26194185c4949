import type { Caller } from '../access/index.ts';
import { authorize } from '../access/index.ts';
import { recordTrace } from '../audit/index.ts';
import type { Clause } from '../fhir/search/query.ts';
import type { Services } from '../services.ts';
import { readAnswer, readInbox, toInboxMessage } from './inbox.ts';
import type { MessageStatus, SourceMessage } from './records.ts';
import { MESSAGE_TYPE } from './records.ts';

/** What a list of messages is narrowed by. */
export interface MessageFilter {
  readonly status?: MessageStatus | undefined;
  readonly source?: string | undefined;
  /** As the sender names the message. */
  readonly messageId?: string | undefined;
  /** A code or unit as the list of unmapped ones names it: these messages are to be replayed when it is mapped. */
  readonly unmapped?: string | undefined;
  /** As the list of dead letters names it. */
  readonly reason?: string | undefined;
}

/** Names of filters that are not those under which the store finds messages. */
const PARAMETERS: Readonly<Record<string, string>> = { 'message-id': 'message-identifier' };
/** Names of filters whose terms say of which source they are. */
const OF_SOURCE: ReadonlySet<string> = new Set(['status', 'reason']);

export interface MessagePage { readonly messages: readonly SourceMessage[]; readonly next: string | undefined }

/**
 * Messages, the last received first. A source sees its own only.
 *
 * @throws ServiceError 'forbidden'; 'malformed' for an `after` that no page gave
 */
export async function listMessages(services: Services, caller: Caller, filter: MessageFilter, page: { readonly count: number; readonly after: string | undefined }): Promise<MessagePage> {
  const source = filter.source ?? caller.source;
  await authorize(services, caller, { action: 'intake-list', ...(source === undefined ? {} : { source }) });
  const wanted = { source, status: filter.status, 'message-id': filter.messageId, unmapped: filter.unmapped, reason: filter.reason };
  const where = Object.entries(wanted).flatMap(([name, code]): Clause[] => (code === undefined ? [] : [{ kind: 'token', param: PARAMETERS[name] ?? name, anyOf: [{ ...(source !== undefined && OF_SOURCE.has(name) ? { system: source } : {}), code }] }]));
  const { items, next } = await services.store.search({ type: MESSAGE_TYPE, where, sort: [], limit: page.count, ...(page.after === undefined ? {} : { after: page.after }) });
  const query = Object.entries(wanted).flatMap(([param, code]) => (code === undefined ? [] : [`${param}=${encodeURIComponent(code)}`])).join('&');
  await recordTrace(services, caller, { action: 'search', interaction: 'intake-list', outcome: 'success', query: `messages?${query}` });
  return { messages: items.map((item) => toInboxMessage(item).message), next };
}

/** A message and, as JSON text, what was answered to it: places and causes of its faults, and nothing else of what it says. */
export interface MessageDetail { readonly message: SourceMessage; readonly answer: string | undefined }

/** @throws ServiceError 'forbidden'; 'not-found' */
export async function readMessageDetail(services: Services, caller: Caller, id: string): Promise<MessageDetail> {
  if (caller.source === undefined) await authorize(services, caller, { action: 'intake-list' });
  const { message } = await readInbox(services, id);
  if (caller.source !== undefined) await authorize(services, caller, { action: 'intake-list', source: message.source });
  const answer = await readAnswer(services, id);
  await recordTrace(services, caller, { action: 'read', interaction: 'intake-list', outcome: 'success', resources: [`${MESSAGE_TYPE}/${id}`] });
  return { message, answer: answer?.body };
}
