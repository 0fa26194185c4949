import type { JsonObject, JsonValue } from '../../fhir/resource.ts';
import { isList, isObject, textOf } from '../../fhir/resource.ts';
import { parseReference } from '../../fhir/references.ts';
import { parseMoment } from '../../fhir/dates.ts';

/** How the elements of FHIR are read here, where whatever a source sent must be survived. */

export function objectsOf(value: JsonValue | undefined): readonly JsonObject[] {
  if (isList(value)) return value.filter(isObject);
  return isObject(value) ? [value] : [];
}

export interface Coding { readonly system: string; readonly code: string; readonly display: string }

/** The codings of a CodeableConcept, or of several. */
export function codingsOf(concept: JsonValue | undefined): readonly Coding[] {
  return objectsOf(concept).flatMap((one) => objectsOf(one['coding']).map(codingOf));
}

export function codingOf({ system, code, display }: JsonObject): Coding {
  return { system: textOf(system), code: textOf(code), display: textOf(display) };
}

/** Everything that a concept, or several, says in words. */
export function wordsOf(concept: JsonValue | undefined): string {
  return objectsOf(concept).flatMap((one) => [textOf(one['text']), ...objectsOf(one['coding']).map((coding) => textOf(coding['display']))]).join(' ').normalize('NFKC');
}

/** What a concept is called: its text, else the first display, else the first code. */
export function nameOf(concept: JsonValue | undefined): string | undefined {
  const [first] = objectsOf(concept);
  const [coding] = codingsOf(first);
  return nonEmpty(textOf(first?.['text'])) ?? nonEmpty(coding?.display) ?? nonEmpty(coding?.code);
}

export function nonEmpty(text: string | undefined): string | undefined {
  const plain = text?.normalize('NFKC').trim();
  return plain === undefined || plain === '' ? undefined : plain;
}

/** Logical ids of the resources of a type to which References lead. */
export function idsOf(references: JsonValue | undefined, type: string): readonly string[] {
  return objectsOf(references).flatMap(({ reference }) => {
    const target = parseReference(textOf(reference));
    return target.kind === 'relative' && target.type === type ? [target.id] : [];
  });
}

/**
 * An instant with its offset, of a date or time. Of a day, a month or a Period the first moment counts, so that a result is
 * never taken for younger than it is.
 *
 * @param offsetMinutes of what names no zone
 */
export function instantOf(value: JsonValue | undefined, offsetMinutes: number): string | undefined {
  if (isObject(value)) return instantOf(value['start'] ?? value['end'], offsetMinutes);
  if (typeof value !== 'string') return undefined;
  const moment = parseMoment(value, offsetMinutes);
  if (moment === undefined) return undefined;
  return moment.hasZone ? value : new Date(moment.start).toISOString();
}
