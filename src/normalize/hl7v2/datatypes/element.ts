import type { JsonObject, JsonValue } from '../../../fhir/resource.ts';

export type Members = Readonly<Record<string, JsonValue | undefined>>;

/**
 * An element of FHIR from what may be said of it: members without value, empty texts and empty lists are left out, as R4
 * knows none of them.
 *
 * @returns undefined where nothing is left
 */
export function element(members: Members): JsonObject | undefined {
  const said: Record<string, JsonValue> = {};
  let isSaid = false;
  for (const name in members) {
    const value = members[name];
    if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) continue;
    said[name] = value;
    isSaid = true;
  }
  return isSaid ? said : undefined;
}

/** The values that are there. */
export function present<T>(values: readonly (T | undefined)[]): readonly T[] {
  return values.filter((value) => value !== undefined);
}

/** An extension with one value. @param value as a member: `{ valueString: 'x' }` */
export function extension(url: string, value: Members): JsonObject | undefined {
  const said = element(value);
  return said === undefined ? undefined : { url, ...said };
}

/** Says of a required element that nobody told it. */
export const UNKNOWN: JsonObject = { extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }] };

/** A coding of an HL7 v2 table. @param table four digits */
export function tableCoding(table: string, code: string): JsonObject {
  return { system: `http://terminology.hl7.org/CodeSystem/v2-${table}`, code };
}
