import { decimal } from '../fhir/json.ts';
import type { JsonObject, JsonValue } from '../fhir/resource.ts';
import { isList, isObject, textOf } from '../fhir/resource.ts';
import type { Addition } from './additions.ts';
import { codingsOf, ordinalOf } from './ordinals.ts';
import { readCompared } from './read-number.ts';
import { ORIGINAL_TEXT_URL } from './systems.ts';

/** A part whose value may have another form, and what was added for that. */
export interface Valued { readonly part: JsonObject; readonly added: readonly Addition[] }

/**
 * Words of a laboratory that are a step of a scale get their codings; the words stay as the text. `valueString` can hold no
 * coding: it becomes the text of a `valueCodeableConcept`.
 */
export function codeWords(part: JsonObject): Valued {
  const { valueString, valueCodeableConcept: concept } = part;
  if (typeof valueString === 'string') {
    const ordinal = ordinalOf(valueString);
    if (ordinal === undefined) return { part, added: [] };
    return { part: replaceMember(part, 'valueString', 'valueCodeableConcept', { coding: codingsOf(ordinal), text: valueString }), added: ['words'] };
  }
  if (!isObject(concept)) return { part, added: [] };
  const sent: readonly JsonValue[] = isList(concept['coding']) ? concept['coding'] : [];
  const ordinal = ordinalOf(textOf(concept['text'])) ?? sent.filter(isObject).map(({ display }) => ordinalOf(textOf(display))).find((one) => one !== undefined);
  const codings = ordinal === undefined ? [] : codingsOf(ordinal).filter(({ system, code }) => !sent.filter(isObject).some((other) => other['system'] === system && other['code'] === code));
  if (codings.length === 0) return { part, added: [] };
  return { part: { ...part, valueCodeableConcept: { ...concept, coding: [...codings, ...sent] } }, added: [`ordinal${codings.length}`] };
}

/**
 * A number that was printed as text becomes a Quantity with comparator; what was printed stays beside it.
 *
 * @param isKnown whether a unit, '' for none, can be understood: else the text stays as it is
 */
export function readPrintedNumber(part: JsonObject, isKnown: (unit: string) => boolean): Valued {
  const { valueString } = part;
  const printed = typeof valueString === 'string' ? readCompared(valueString) : undefined;
  if (typeof valueString !== 'string' || printed === undefined || !isKnown(printed.unit)) return { part, added: [] };
  const quantity: JsonObject = {
    extension: [{ url: ORIGINAL_TEXT_URL, valueString }],
    value: decimal(printed.numeral), comparator: printed.comparator, ...(printed.unit === '' ? {} : { unit: printed.unit }),
  };
  return { part: replaceMember(part, 'valueString', 'valueQuantity', quantity), added: ['number'] };
}

/** A value as it was sent. */
export function unmapValue(part: JsonObject, added: ReadonlySet<string>): JsonObject {
  const concept = part['valueCodeableConcept'];
  if (added.has('words') && isObject(concept)) return replaceMember(part, 'valueCodeableConcept', 'valueString', concept['text']);
  const count = ['ordinal1', 'ordinal2'].findIndex((addition) => added.has(addition)) + 1;
  if (count > 0 && isObject(concept)) return { ...part, valueCodeableConcept: withoutFirst(concept, count) };
  const quantity = part['valueQuantity'];
  if (!added.has('number') || !isObject(quantity)) return part;
  const original = Array.isArray(quantity['extension']) ? quantity['extension'].filter(isObject).find(({ url }) => url === ORIGINAL_TEXT_URL) : undefined;
  return original === undefined ? part : replaceMember(part, 'valueQuantity', 'valueString', original['valueString']);
}

function withoutFirst(concept: JsonObject, count: number): JsonObject {
  const { coding, ...rest } = concept;
  const others: readonly JsonValue[] = Array.isArray(coding) ? coding.slice(count) : [];
  return others.length === 0 ? rest : { ...concept, coding: others };
}

/** In its place: a result that is mapped back must be the same text as before. */
function replaceMember(object: JsonObject, from: string, to: string, value: JsonValue | undefined): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([name, old]) => (name === from ? [to, value] : [name, old])));
}
