import type { JsonObject, JsonValue } from '../fhir/resource.ts';
import { isList, isObject, textOf } from '../fhir/resource.ts';

/**
 * What the exchange has put into a result, written down beside it: the version of the rows that said so, and which elements
 * were added. By it everything added can be taken away again, and nothing that was sent.
 */
export const MAPPING_URL = 'https://bund.example/StructureDefinition/mapping';

/**
 * `item`, `loinc`: a coding in front of those sent. `ucum`: system and code of the value's unit; `low0`, `high0`…: of the limits
 * of that reference range; `range0`: the limits themselves, read from its text. `words`: `valueString` became the text of
 * `valueCodeableConcept`. `ordinal1`…: so many codings of the value. `number`: `valueString` became a Quantity.
 */
export type Addition = 'item' | 'loinc' | 'ucum' | 'words' | 'number' | `${'low' | 'high' | 'range' | 'ordinal'}${number}`;

/** @param version of the row; undefined where no row was needed @returns the part with the mark behind its own extensions */
export function withMark(part: JsonObject, version: string | undefined, added: readonly Addition[]): JsonObject {
  if (version === undefined && added.length === 0) return part;
  const mark = {
    url: MAPPING_URL,
    extension: [
      ...(version === undefined ? [] : [{ url: 'version', valueString: version }]),
      ...(added.length === 0 ? [] : [{ url: 'added', valueString: added.join(' ') }]),
    ],
  };
  const others: readonly JsonValue[] = isList(part['extension']) ? part['extension'] : [];
  return { ...part, extension: [...others, mark] };
}

/** What was added to a part by an earlier mapping; undefined where there was none. */
export function additionsOf(part: JsonObject): ReadonlySet<string> | undefined {
  const marks = marksOf(part['extension']);
  if (marks.length === 0) return undefined;
  const added = marks.flatMap((mark) => entriesOf(mark, 'added')).flatMap((text) => text.split(' '));
  return new Set(added);
}

/** The versions of the rows by which an Observation or a component was mapped. */
export function versionsOf(part: JsonObject): readonly string[] {
  return marksOf(part['extension']).flatMap((mark) => entriesOf(mark, 'version'));
}

/** Without the extensions of one kind; without the member where none is left. */
export function withoutExtension(element: JsonObject, url: string): JsonObject {
  const { extension, ...rest } = element;
  if (!Array.isArray(extension)) return element;
  const others = extension.filter((one) => !isObject(one) || one['url'] !== url);
  if (others.length === extension.length) return element;
  return others.length === 0 ? rest : { ...element, extension: others };
}

function marksOf(extensions: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(extensions) ? extensions.filter((one) => isObject(one) && one['url'] === MAPPING_URL).filter(isObject) : [];
}

function entriesOf(mark: JsonObject, url: string): readonly string[] {
  const entries = Array.isArray(mark['extension']) ? mark['extension'].filter(isObject) : [];
  return entries.filter((entry) => entry['url'] === url).map((entry) => textOf(entry['valueString']));
}
