import type { JsonObject } from '../../../fhir/resource.ts';
import type { Reading } from '../mapping/reading.ts';
import type { Value } from '../segment.ts';
import { knownCodeSystem, senderCodeSystem } from './code-system.ts';
import { element, present } from './element.ts';

/** How to understand a coding whose system says nothing beyond the sender. */
export interface Understanding {
  /** System of such codings. */
  readonly local?: string;
  /** HL7 table that a field draws from, and those of its codes that may stand there without naming it. */
  readonly table?: { readonly number: string; readonly codes: ReadonlySet<string> };
}

/**
 * CWE, CE, CNE or CF as a CodeableConcept: each of its up to three codings, and the text that was meant.
 *
 * @returns undefined for one that says nothing
 */
export function conceptOf({ sender }: Pick<Reading, 'sender'>, value: Value, understanding: Understanding = {}): JsonObject | undefined {
  const count = value.components();
  const codings: JsonObject[] = [];
  for (const [code, version] of CODINGS) {
    if (code > count) break;
    const coding = codingOf(value, { code, version, understanding, sender });
    if (coding !== undefined) codings.push(coding);
  }
  const original = count < 9 ? '' : componentText(value, 9);
  const name = codings[0] === undefined ? componentText(value, 2) || componentText(value, 5) : '';
  return element({ coding: codings, text: original || name });
}

/** The concepts of all repetitions. */
export function conceptsOf(reading: Pick<Reading, 'sender'>, values: readonly Value[], understanding?: Understanding): readonly JsonObject[] {
  return present(values.map((value) => conceptOf(reading, value, understanding)));
}

/**
 * The concepts of a field that may repeat, for an element that may not: the first, and the others in its text.
 */
export function oneConceptOf(reading: Pick<Reading, 'sender'>, values: readonly Value[], understanding?: Understanding): JsonObject | undefined {
  const [first, ...others] = values;
  if (first === undefined) return undefined;
  const concept = conceptOf(reading, first, understanding);
  if (others.length === 0) return concept;
  return { ...concept, text: [first, ...others].map(labelOf).join('; ') };
}

/** What a person reads: the text that was meant, else the name of a code, else the code. */
export function labelOf(value: Value): string {
  return componentText(value, 9) || componentText(value, 2) || componentText(value, 5) || componentText(value, 1);
}

/** A component as one text: many senders leave an `&` as it is. */
export function componentText(value: Value, component: number): string {
  const text = value.text(component);
  const count = text === value.raw ? 1 : value.subcomponents(component);
  if (count < 2) return text;
  const others = Array.from({ length: count - 1 }, (_, index) => value.text(component, index + 2));
  return [text, ...others].join('&').replace(/&+$/, '');
}

/** First component of each coding, and the component of its version. */
const CODINGS = [[1, 7], [4, 8], [10, 13]] as const;

function codingOf(value: Value, { code: first, version, understanding, sender }: { readonly code: number; readonly version: number; readonly understanding: Understanding; readonly sender: Reading['sender'] }): JsonObject | undefined {
  const code = asCode(componentText(value, first));
  if (code === '') return undefined;
  const name = value.text(first + 2);
  return element({ system: systemOf(name, code, understanding, sender), version: value.text(version), code, display: componentText(value, first + 1) });
}

function systemOf(name: string, code: string, { local, table }: Understanding, sender: Reading['sender']): string | undefined {
  const known = knownCodeSystem(name, sender);
  if (known !== undefined) return known;
  if (name === '' && table?.codes.has(code) === true) return `http://terminology.hl7.org/CodeSystem/v2-${table.number}`;
  return local ?? senderCodeSystem(name, sender);
}

/** A code of FHIR has single blanks within, and none around. */
export function asCode(text: string): string {
  return /\s{2}|[\t\r\n]/.test(text) ? text.replace(/\s+/g, ' ').trim() : text;
}
