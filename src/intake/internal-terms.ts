import type { JsonValue, Resource } from '../fhir/resource.ts';
import { isList, isObject, textOf } from '../fhir/resource.ts';
import type { DateTerm, IndexTerms, TokenTerm, UriTerm } from '../fhir/search/terms.ts';
import { NO_TERMS } from '../fhir/search/terms.ts';
import { identityTerms } from '../identity/index.ts';
import { ALIAS_TYPE } from '../normalize/index.ts';
import { terminologyTerms, UNMAPPED_TYPE, unmappedCode } from '../terminology/index.ts';
import { DEAD_LETTER_TYPE } from './dead-letters/dead-letter.ts';
import { reasonKey, reasonSchema } from './dead-letters/reason.ts';
import { ANSWER_TYPE, FACTS_TYPE, gapSchema, MESSAGE_TYPE, PAYLOAD_TYPE, STATEMENT_TYPE } from './records.ts';
import { REPLAY_PART_TYPE, REPLAY_TYPE } from './replays/replay.ts';
import { hourName, hourOf } from './watch/hours.ts';
import { REPEAT_TYPE } from './watch/repeat.ts';
import { SOURCE_DAY_TYPE } from './watch/source-day.ts';

const SECOND_MS = 1_000;

type Terms = (resource: Resource) => Partial<IndexTerms>;

const TERMS_OF: ReadonlyMap<string, Terms> = new Map<string, Terms>([
  [MESSAGE_TYPE, messageTerms],
  [UNMAPPED_TYPE, ({ source, kind }) => ({ token: [...token('source', source), ...token('kind', kind)] })],
  [DEAD_LETTER_TYPE, ({ source }) => ({ token: token('source', source) })],
  [SOURCE_DAY_TYPE, ({ source }) => ({ token: token('source', source) })],
  [REPEAT_TYPE, ({ source, hour }) => ({ uri: hourTerm(source, hour) })],
  [REPLAY_TYPE, ({ state }) => ({ token: token('state', state) })],
  ...[PAYLOAD_TYPE, ANSWER_TYPE, ALIAS_TYPE, STATEMENT_TYPE, FACTS_TYPE, REPLAY_PART_TYPE].map((type) => [type, () => ({})] as const),
]);

/**
 * What the records of the intake are found by.
 *
 * @returns undefined for a resource that is none of them
 */
export function internalTerms(resource: Resource): IndexTerms | undefined {
  const terms = TERMS_OF.get(resource.resourceType);
  return terms === undefined ? terminologyTerms(resource) ?? identityTerms(resource) : { ...NO_TERMS, ...terms(resource) };
}

function messageTerms({ source, status, messageId, unmapped, reasons, receivedAt, nextRetryAt, payloadDroppedAt }: Resource): Partial<IndexTerms> {
  return {
    token: [
      ...token('source', source),
      // With the source as their system, what is asked of one source is asked by one term.
      ...token('status', status, source),
      // Named as identifiers are, so that the store keeps it for the one message and not for a kind of messages.
      ...token('message-identifier', messageId),
      ...list(unmapped).flatMap((sent) => {
        const gap = gapSchema.safeParse(isObject(sent) ? sent : undefined);
        return gap.success ? [{ param: 'unmapped', system: gap.data.kind, code: unmappedCode(gap.data) }] : [];
      }),
      ...list(reasons).flatMap((sent) => {
        const reason = reasonSchema.safeParse(sent);
        return reason.success ? [{ param: 'reason', system: textOf(source), code: reasonKey(reason.data) }] : [];
      }),
    ],
    uri: hourTerm(source, receivedAt),
    // By this are found those that can be replayed, and those whose body may go.
    date: [...payloadDroppedAt === undefined ? second('received', receivedAt) : [], ...point('next-retry', nextRetryAt)],
  };
}

function point(param: string, value: JsonValue | undefined): DateTerm[] {
  const instant = instantOf(value);
  return instant === undefined ? [] : [{ param, start: instant, end: instant }];
}

/** The second of an instant: the gateway's clock and that of the store, which names the instant in the end, mostly agree on it. */
function second(param: string, value: JsonValue | undefined): DateTerm[] {
  const instant = instantOf(value);
  if (instant === undefined) return [];
  const start = Math.floor(instant / SECOND_MS) * SECOND_MS;
  return [{ param, start, end: start + SECOND_MS - 1 }];
}

function instantOf(value: JsonValue | undefined): number | undefined {
  const instant = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(instant) ? undefined : instant;
}

function token(param: string, value: JsonValue | undefined, system?: JsonValue): TokenTerm[] {
  return typeof value === 'string' ? [{ param, system: textOf(system), code: value }] : [];
}

/** The hour of the clock in which something came from a source, so that what came in it is counted at once. */
function hourTerm(source: JsonValue | undefined, at: JsonValue | undefined): UriTerm[] {
  const instant = instantOf(typeof at === 'string' && at.length === 13 ? `${at}:00:00Z` : at);
  return typeof source === 'string' && instant !== undefined ? [{ param: 'hour', value: hourName(source, hourOf(instant)) }] : [];
}

function list(value: JsonValue | undefined): readonly JsonValue[] {
  return isList(value) ? value : [];
}
