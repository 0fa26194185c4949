import { isObject } from '../resource.ts';
import type { JsonObject, JsonValue } from '../resource.ts';

/**
 * Reading published definitions. They are trusted as JSON and checked only as far as they are used: a missing member
 * reads as undefined or empty.
 */
export function text(object: JsonObject, name: string): string | undefined {
  const value = object[name];
  return typeof value === 'string' ? value : undefined;
}

/** @throws Error when a definition lacks what every definition has */
export function requiredText(object: JsonObject, name: string): string {
  const value = text(object, name);
  if (value === undefined) throw new Error(`A definition (${text(object, 'url') ?? text(object, 'path') ?? 'unnamed'}) has no ${name}`);
  return value;
}

export function objects(object: JsonObject, name: string): readonly JsonObject[] {
  const value = object[name];
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function child(object: JsonObject, name: string): JsonObject {
  const value = object[name];
  return isObject(value) ? value : {};
}

export function texts(object: JsonObject, name: string): readonly string[] {
  const value = object[name];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** The value of a choice element: `fixed[x]` whichever type it has. */
export function choice(object: JsonObject, prefix: string): JsonValue | undefined {
  const name = Object.keys(object).find((key) => key.startsWith(prefix) && key.length > prefix.length);
  return name === undefined ? undefined : object[name];
}

/** A canonical without its version. */
export function withoutVersion(canonical: string): string {
  const bar = canonical.indexOf('|');
  return bar < 0 ? canonical : canonical.slice(0, bar);
}
