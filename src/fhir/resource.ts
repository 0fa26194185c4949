import type { Numeric } from './json.ts';

/** Any value that parsed FHIR JSON can hold. Numbers whose text matters are kept as raw numbers, see `json.ts`. */
export type JsonValue = string | boolean | null | Numeric | readonly JsonValue[] | JsonObject;
export interface JsonObject { readonly [name: string]: JsonValue | undefined }

/**
 * A FHIR R4 resource as parsed and not yet, or no longer, known by its own type. `@types/fhir` types are used where the
 * code builds a resource of a known kind; this one where it handles whatever was sent.
 */
export interface Resource extends JsonObject {
  readonly resourceType: string;
  readonly id?: string;
  readonly meta?: JsonObject;
}

/** Where a resource lives: its type and logical id. */
export interface ResourceKey { readonly type: string; readonly id: string }

/** `Patient/p1`. */
export function referenceTo(key: ResourceKey): string {
  return `${key.type}/${key.id}`;
}

const ID = /^[A-Za-z0-9\-.]{1,64}$/;
/** True for a legal logical id. @see https://hl7.org/fhir/R4/datatypes.html#id */
export function isId(text: string): boolean {
  return ID.test(text);
}

/** True for a JSON object that says its type. */
export function isResource(value: unknown): value is Resource {
  return isObject(value) && typeof value['resourceType'] === 'string';
}

/** A text, or '' for what is none: how search terms say that an element has no system or code. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** True for a JSON array. `Array.isArray` says only `any[]`. */
export function isList(value: unknown): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** True for a JSON object; raw numbers and arrays are not objects. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value);
}

/** The objects of an array element; none where it is missing or something else. */
export function objectsOf(value: JsonValue | undefined): readonly JsonObject[] {
  return isList(value) ? value.filter(isObject) : [];
}
