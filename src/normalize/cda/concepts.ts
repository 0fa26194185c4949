import type { JsonObject } from '../../fhir/resource.ts';
import { defined } from '../defined.ts';
import type { XmlElement } from './element.ts';
import { attributeOf, childAt, childrenOf, textIn } from './element.ts';
import { uriOf } from './oids.ts';

/** A coded value, CD and its kin, as a CodeableConcept with all its translations; undefined where nothing is said. */
export function conceptOf(element: XmlElement | undefined): JsonObject | undefined {
  if (element === undefined) return undefined;
  const codings = codingsOf(element);
  const text = textIn(childAt(element, 'originalText')) ?? attributeOf(element, 'displayName') ?? (codings.length === 0 ? wordOf(element) : undefined);
  return codings.length === 0 && text === undefined ? undefined : defined({ coding: codings, text });
}

/** The codings of a coded value, its own first. @param systemOf instead of the system that `codeSystem` names */
export function codingsOf(element: XmlElement, systemOf: (codeSystem: string | undefined) => string | undefined = systemNamed): readonly JsonObject[] {
  return [codingOf(element, systemOf), ...childrenOf(element, 'translation').map((translation) => codingOf(translation, systemNamed))].filter((coding) => coding !== undefined);
}

function systemNamed(codeSystem: string | undefined): string | undefined {
  return codeSystem === undefined ? undefined : uriOf(codeSystem);
}

function codingOf(element: XmlElement, systemOf: (codeSystem: string | undefined) => string | undefined): JsonObject | undefined {
  const code = attributeOf(element, 'code');
  if (code === undefined || isBlank(code)) return undefined;
  return defined({ system: systemOf(attributeOf(element, 'codeSystem')), code: asCode(code), display: attributeOf(element, 'displayName') });
}

/** Text of an element that should have had a code. */
function wordOf(element: XmlElement): string | undefined {
  const word = textIn(element);
  return word === undefined || isBlank(word) ? undefined : word;
}

/** A code of R4 has no double spaces. */
export function asCode(text: string): string {
  return text.replace(/\s+/g, ' ');
}

/** What systems write into a field that must not be empty and has nothing to say. Not `NA`: that is the code of sodium. */
export function isBlank(text: string): boolean {
  return text === '-' || text === '--' || text === '—' || text === '/' || text === 'N/A' || text === 'null' || text === 'NULL';
}

const ABSENT_REASONS: ReadonlyMap<string, string> = new Map([
  ['NI', 'unknown'], ['UNK', 'unknown'], ['NAVU', 'unknown'], ['ASKU', 'asked-unknown'], ['NAV', 'temp-unknown'], ['NASK', 'not-asked'], ['MSK', 'masked'],
  ['NA', 'not-applicable'], ['INV', 'error'], ['OTH', 'unsupported'], ['UNC', 'as-text'], ['NINF', 'negative-infinity'], ['PINF', 'positive-infinity'],
]);

/** Why a value is missing, from its `nullFlavor`; `unknown` where the document does not say. */
export function absentReason(element: XmlElement | undefined): JsonObject {
  const code = ABSENT_REASONS.get(attributeOf(element, 'nullFlavor') ?? '') ?? 'unknown';
  return { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/data-absent-reason', code }] };
}
