import { errorCodeOf } from './error-codes.ts';
import { escapeText } from './escape.ts';
import type { Segment } from './segment.ts';
import { readSeparators, type Separators } from './separators.ts';

/** One fault or remark, as the sender is told of it. */
export interface AcknowledgedError {
  /** `OBX[3]-5`, `PID[1]-3.4`, `MSH[1]`. */
  readonly location?: string;
  /** Of FHIR's issue-type value set. */
  readonly issueCode: string;
  readonly severity: 'E' | 'W' | 'I';
  readonly text: string;
}

export interface V2Answer {
  /** Table 0008: application accept, error, reject; in enhanced mode the same of the commit. */
  readonly code: 'AA' | 'AE' | 'AR' | 'CA' | 'CE' | 'CR';
  readonly text?: string;
  readonly errors?: readonly AcknowledgedError[];
}

/** What the answer says of itself. */
export interface AcknowledgementContext {
  /** MSH-10 of the answer. */
  readonly controlId: string;
  readonly now: Date;
  /** `+08:00`, in which its time is told. */
  readonly offset: string;
}

/** Of an answer to what has no header that could be read. */
const DEFAULTS = { start: 'MSH|^~\\&|', version: '2.5.1', processing: 'P' };
/** Versions since which MSH-9 of an answer names the event, then its structure too, and since which each fault has an ERR of its own. */
const TYPE_WITH_EVENT = 20_300;
const TYPE_WITH_STRUCTURE = 20_301;
const SEGMENT_EACH = 20_500;
const PLACE = /^([A-Z][A-Z0-9]{2})(?:\[(\d+)\])?(?:-(\d+)(?:\.(\d+))?(?:\.(\d+))?)?$/;
const ISSUE_TYPES = 'http://hl7.org/fhir/issue-type';

/**
 * Writes the acknowledgement of a message in the shape of its sender's version: until 2.4 the places of faults stand in
 * ERR-1 and the sentence in MSA-3, since 2.5 each fault is an ERR segment. What it gives back of the header (the two
 * applications, the processing id, the version, the character set, the control id) stays as it was sent, separators
 * included, so the answer is to be encoded like the message (`encodeText`; `latin1` for a header of `readHeader`).
 *
 * @param header MSH of the message; undefined when there is none
 * @see HL7 v2.9 chapter 2.9 "Message processing rules", 2.14.5 ERR, 2.14.8 MSA
 */
export function acknowledge(header: Segment | undefined, answer: V2Answer, context: AcknowledgementContext): string {
  const separators = readSeparators(header === undefined ? DEFAULTS.start : `MSH${header.text(1)}${header.text(2)}`);
  const version = versionOf(header);
  const errors = answer.errors ?? [];
  const segments = [
    acknowledgementHeader(header, { separators, version, context }),
    ['MSA', answer.code, sent(header, 10), ...messageText(answer, version, separators)],
    ...(version >= SEGMENT_EACH ? errors.map((error) => errorSegment(error, separators)) : errorList(errors, separators)),
  ];
  return segments.map((fields) => `${fields.join(separators.field).replace(/[\r\n]/g, ' ')}\r`).join('');
}

/** MSH-18 is the last that is given, and only when the message has one. */
function acknowledgementHeader(header: Segment | undefined, { separators, version, context }: { separators: Separators; version: number; context: AcknowledgementContext }): string[] {
  const { component } = separators;
  const event = header?.text(9, 2) ?? '';
  const type = event === '' || version < TYPE_WITH_EVENT ? 'ACK' : ['ACK', escapeText(event, separators), ...(version >= TYPE_WITH_STRUCTURE ? ['ACK'] : [])].join(component);
  const declared = header === undefined ? DEFAULTS.start.slice(4, -1) : header.text(2);
  const fields = [
    'MSH', declared, sent(header, 5), sent(header, 6), sent(header, 3), sent(header, 4), timeOf(context), '', type,
    escapeText(context.controlId, separators), sent(header, 11) || DEFAULTS.processing, sent(header, 12) || DEFAULTS.version,
  ];
  const charset = sent(header, 18);
  return charset === '' ? fields : [...fields, '', '', '', '', '', charset];
}

/** Since 2.4 a sender looks for faults in ERR; the text that sums them up still has no better place than MSA-3. */
function messageText(answer: V2Answer, version: number, separators: Separators): string[] {
  const texts = version >= SEGMENT_EACH ? [] : (answer.errors ?? []).map(({ location, text }) => location === undefined ? text : `${location}: ${text}`);
  const whole = [...(answer.text === undefined ? [] : [answer.text]), ...texts].join('; ');
  return whole === '' ? [] : [escapeText(whole, separators)];
}

/** ERR-2 place, ERR-3 code, ERR-4 severity, ERR-5 the FHIR code, ERR-7 where the sender finds it, ERR-8 the sentence. */
function errorSegment({ location = '', issueCode, severity, text }: AcknowledgedError, separators: Separators): string[] {
  const { component } = separators;
  const place = PLACE.exec(location);
  const [, segment = '', ordinal = '1', field = '', part = '', subpart = ''] = place ?? [];
  const at = place === null ? [] : [segment, ordinal, field, '', part, subpart];
  const { code, text: meaning } = errorCodeOf(issueCode, placeWithin(place));
  const write = (parts: readonly string[]): string => withoutTail(parts).map((value) => escapeText(value, separators)).join(component);
  return ['ERR', '', write(at), write([code, meaning, 'HL70357']), severity, write([issueCode, '', ISSUE_TYPES]), '', escapeText(location, separators), escapeText(text, separators)];
}

/** One ERR for all faults until 2.4: ERR-1 repeats segment, ordinal, field and code. */
function errorList(errors: readonly AcknowledgedError[], separators: Separators): string[][] {
  if (errors.length === 0) return [];
  const { component, subcomponent, repetition } = separators;
  const list = errors.map(({ location = '', issueCode }) => {
    const place = PLACE.exec(location);
    const [, segment = '', ordinal = '1', field = ''] = place ?? [];
    const { code, text } = errorCodeOf(issueCode, placeWithin(place));
    return [...(place === null ? ['', '', ''] : [segment, ordinal, field]), [code, text, 'HL70357'].join(subcomponent)].join(component);
  });
  return [['ERR', list.join(repetition)]];
}

function placeWithin(place: RegExpExecArray | null): string {
  const [, segment = '', , field, part] = place ?? [];
  return segment + (field === undefined ? '' : `-${field}`) + (part === undefined ? '' : `.${part}`);
}

function withoutTail(parts: readonly string[]): readonly string[] {
  return parts.slice(0, parts.findLastIndex((part) => part !== '') + 1);
}

function sent(header: Segment | undefined, field: number): string {
  return header?.value(field).raw ?? '';
}

/** 20501 for 2.5.1. What has no version is answered like a message of 2.5. */
function versionOf(header: Segment | undefined): number {
  const [, major = '2', minor = '5', patch = '0'] = /^(\d)\.(\d{1,2})(?:\.(\d))?/.exec(header?.text(12) ?? '') ?? [];
  return Number(major) * 10_000 + Number(minor) * 100 + Number(patch);
}

function timeOf({ now, offset }: AcknowledgementContext): string {
  const minutes = (offset.startsWith('-') ? -1 : 1) * (Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4, 6)));
  const local = new Date(now.getTime() + minutes * 60_000).toISOString();
  return local.slice(0, 19).replace(/[-T:]/g, '') + offset.replace(':', '');
}
