import type { JsonObject, JsonValue } from '../../fhir/resource.ts';
import { isObject, objectsOf } from '../../fhir/resource.ts';

const BASE = 'https://bund.example/StructureDefinition/';

/** An extension of ours with one value, such as `{ valueCode: 'presented' }`. */
export function extension(name: string, value: JsonObject): JsonObject {
  return { url: BASE + name, ...value };
}

/** An extension of ours made of parts; those without a value are left out, and the whole where none is left. */
export function compound(name: string, parts: readonly (JsonObject | undefined)[]): readonly JsonObject[] {
  const told = parts.filter((part) => part !== undefined);
  return told.length === 0 ? [] : [{ url: BASE + name, extension: told }];
}

/** A part of a compound; undefined where there is nothing to say. */
export function part(name: string, type: string, value: JsonValue | undefined): JsonObject | undefined {
  return value === undefined || value === '' ? undefined : { url: name, [`value${type}`]: value };
}

/** The value of the first extension of ours of that name. */
export function valueOf(element: JsonObject, name: string): JsonValue | undefined {
  return valueIn(objectsOf(element['extension']).find(({ url }) => url === BASE + name));
}

/** Each extension of ours of that name as its parts, by their names; those that repeat as a list. */
export function compoundsOf(element: JsonObject, name: string): readonly Parts[] {
  return objectsOf(element['extension']).filter(({ url }) => url === BASE + name).map((found) => new Parts(found));
}

/** The parts of a compound extension. */
export class Parts {
  readonly #parts: readonly JsonObject[];

  constructor(found: JsonObject) {
    this.#parts = objectsOf(found['extension']);
  }

  all(name: string): readonly JsonValue[] {
    return this.#parts.filter(({ url }) => url === name).flatMap((found) => valueIn(found) ?? []);
  }

  get(name: string): JsonValue | undefined {
    return this.all(name)[0];
  }

  text(name: string): string | undefined {
    const value = this.get(name);
    return typeof value === 'string' ? value : undefined;
  }

  texts(name: string): readonly string[] {
    return this.all(name).filter((value) => typeof value === 'string');
  }

  number(name: string): number | undefined {
    const value = this.get(name);
    return typeof value === 'number' ? value : undefined;
  }

  /** `Organization/o1` of a Reference. */
  reference(name: string): string | undefined {
    return referenceIn(this.get(name));
  }

  flag(name: string): boolean {
    return this.get(name) === true;
  }
}

export function referenceIn(value: JsonValue | undefined): string | undefined {
  const reference = isObject(value) ? value['reference'] : undefined;
  return typeof reference === 'string' ? reference : undefined;
}

export function displayIn(value: JsonValue | undefined): string | undefined {
  const display = isObject(value) ? value['display'] : undefined;
  return typeof display === 'string' ? display : undefined;
}

function valueIn(found: JsonObject | undefined): JsonValue | undefined {
  if (found === undefined) return undefined;
  const name = Object.keys(found).find((member) => member.startsWith('value'));
  return name === undefined ? undefined : found[name];
}
