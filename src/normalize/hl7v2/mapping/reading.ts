import type { IssueCode } from '../../../fhir/outcome.ts';
import type { JsonObject } from '../../../fhir/resource.ts';
import { textOf } from '../../../fhir/resource.ts';
import { sourceUri } from '../../derive-id.ts';
import type { Sender } from '../../local-identity.ts';
import type { Fault } from '../../message.ts';
import { faultIn } from '../../message.ts';
import type { V2Message } from '../parse.ts';
import { offsetOfTimes } from '../said-at.ts';
import type { Segment } from '../segment.ts';
import { Draft } from './draft.ts';

/** What a message speaks of itself, and what it mentions on the way. */
export type Topic = 'administration' | 'order' | 'result' | 'document' | 'schedule';

/** A message while it is read: whose it is, and what was found in it so far. */
export interface Reading {
  readonly message: V2Message;
  readonly sender: Sender;
  /** Of times that name none, `+08:00`. */
  readonly offset: string;
  readonly topic: Topic;
  readonly drafts: Draft[];
  readonly faults: Fault[];
  /** Type, system and value -> the record that has this number. */
  readonly named: Map<string, Draft>;
  /** Which service each order asks for. */
  readonly services: Map<Draft, string>;
  /** Fields that name a person, as sent -> the reference: one doctor stands in many fields of a message. */
  readonly people: Map<string, JsonObject | undefined>;
  /** How often each name was given that need not be the only one of its kind. */
  readonly occurrences: Map<string, number>;
  /** Times as sent -> as FHIR writes them. */
  readonly times: Map<string, string | undefined>;
}

/** Where something stands in the message. */
export interface Place { readonly segment: Segment; readonly field: number }

export function openReading(message: V2Message, sender: Sender, topic: Topic): Reading {
  return { message, sender, offset: offsetOfTimes(message, sender.offset), topic, drafts: [], faults: [], named: new Map(), services: new Map(), people: new Map(), occurrences: new Map(), times: new Map() };
}

/** Begins a record of which nothing else in the message may speak. */
export function open(reading: Reading, type: string, segment: Segment): Draft {
  const draft = new Draft(type, reading.drafts.length, segment);
  reading.drafts.push(draft);
  return draft;
}

/**
 * Begins the record that has this identifier, or goes on with it where the message mentioned it before.
 *
 * @param identifier with system and value; the record gets it as its first, so that it gives the id
 */
export function openNamed(reading: Reading, type: string, identifier: JsonObject, segment: Segment): { readonly draft: Draft; readonly isNew: boolean } {
  const name = `${type}|${textOf(identifier['system'])}|${textOf(identifier['value'])}`;
  const known = reading.named.get(name);
  if (known !== undefined) return { draft: known, isNew: false };
  const draft = open(reading, type, segment).identify(identifier);
  reading.named.set(name, draft);
  return { draft, isNew: true };
}

/** @param place field at fault; nothing of what it says is told */
export function report(reading: Reading, code: IssueCode, place: Place | Segment, diagnostics: string): void {
  const location = 'segment' in place ? place.segment.place(place.field) : place.place();
  reading.faults.push(faultIn(undefined, code, location, diagnostics));
}

/**
 * An identifier that the exchange makes of what a message says, where the sender has no number of its own for a record: so
 * that a later message about the same record meets it.
 *
 * @param kind of record: `results`
 * @param parts that tell one record from another, in a fixed order
 */
export function derivedIdentifier({ sender }: Pick<Reading, 'sender'>, kind: string, parts: readonly string[]): { readonly system: string; readonly value: string } {
  return { system: `${sourceUri(sender.id)}/${kind}`, value: parts.map(escapePart).join('/') };
}

/**
 * Begins a record that is named by such an identifier and is one of its own, also where the message gives several the same
 * name: the second is `…/2`, so that each keeps what it says.
 */
export function openDistinct(reading: Reading, type: string, [kind, parts]: readonly [string, readonly string[]], segment: Segment): Draft {
  const identifier = derivedIdentifier(reading, kind, parts);
  const occurrence = (reading.occurrences.get(identifier.system + identifier.value) ?? 0) + 1;
  reading.occurrences.set(identifier.system + identifier.value, occurrence);
  return open(reading, type, segment).identify(occurrence === 1 ? identifier : { ...identifier, value: `${identifier.value}/${occurrence}` });
}

function escapePart(part: string): string {
  return part.includes('/') || part.includes('%') ? part.replaceAll('%', '%25').replaceAll('/', '%2F') : part;
}
