import { isNumeric, numeralOf } from '../../../fhir/json.ts';
import type { JsonObject, JsonValue } from '../../../fhir/resource.ts';
import { isList, isObject, textOf } from '../../../fhir/resource.ts';
import type { Contribution, SentEntry } from '../../message.ts';
import type { Segment } from '../segment.ts';

/** What a record may be refused for the lack of: the fault is told at the field that would have given it. */
const NEEDED: ReadonlySet<string> = new Set(['status', 'code', 'effectiveDateTime']);

/**
 * A resource while it is collected from the fields of a message. It remembers of each element where it came from, and
 * which elements the sender empties.
 */
export class Draft {
  readonly type: string;
  readonly index: number;
  readonly url: string;
  /** Where it was begun: fields are those of this segment where no other is named. */
  readonly segment: Segment;
  readonly #resource: Record<string, JsonValue> & { readonly resourceType: string };
  readonly #places: Record<string, string> = {};
  readonly #cleared = new Set<string>();
  #authority: Contribution['authority'] | undefined;
  #joined: readonly string[] = [];

  constructor(type: string, index: number, segment: Segment) {
    this.type = type;
    this.index = index;
    this.segment = segment;
    this.url = `urn:bund:${type}:${index}`;
    this.#resource = { resourceType: type };
  }

  /** Gives the record the identifier by which it is known; where that came from is told with its other identifiers. */
  identify(identifier: JsonObject): this {
    this.#resource['identifier'] = [identifier];
    return this;
  }

  /** Says that the message tells only a part of the record. @param joined lists to which each message adds */
  contribute(authority: Contribution['authority'], joined: readonly string[] = []): this {
    this.#authority = authority;
    this.#joined = joined;
    return this;
  }

  /** Sets an element. One without value is left as it is, or emptied where the field holds the HL7 null; no record is without status. */
  set(name: string, value: JsonValue | undefined, field?: number, segment: Segment = this.segment): this {
    if (value === undefined || value === '') {
      if (field !== undefined && name !== 'status' && segment.isNull(field)) this.#cleared.add(name);
      if (field !== undefined && NEEDED.has(name)) this.#places[name] ??= segment.place(field);
      return this;
    }
    this.#resource[name] = value;
    this.#places[name] = segment.place(field);
    return this;
  }

  /** Adds to a list what is not in it already. */
  add(name: string, values: readonly (JsonValue | undefined)[], field?: number, segment: Segment = this.segment): this {
    const before = this.#resource[name];
    const list: JsonValue[] = isList(before) ? [...before] : [];
    const known = list.length;
    for (const value of values) if (value !== undefined && value !== '') list.push(value);
    if (list.length === known) return this.set(name, undefined, field, segment);
    this.#resource[name] = list.length === 1 ? list : distinct(list);
    this.#places[name] ??= segment.place(field);
    return this;
  }

  /** Empties an element, `period.end`, unless the message gives it too. */
  clear(name: string): this {
    this.#cleared.add(name);
    return this;
  }

  get(name: string): JsonValue | undefined {
    return this.#resource[name];
  }

  has(name: string): boolean {
    return this.#resource[name] !== undefined;
  }

  /** The number that gives it its id; '' where it has none. */
  get number(): string {
    const identifiers = this.#resource['identifier'];
    const first = isList(identifiers) ? identifiers[0] : undefined;
    return isObject(first) ? textOf(first['value']) : '';
  }

  /** A reference to it from another record of the message. */
  get reference(): JsonObject {
    return { reference: this.url };
  }

  toEntry(): SentEntry {
    const contribution = this.#authority === undefined ? {} : { contribution: { authority: this.#authority, cleared: [...this.#cleared].filter((name) => !this.#gives(name)), ...(this.#joined.length === 0 ? {} : { joined: this.#joined }) } };
    return {
      index: this.index,
      at: this.type,
      resource: this.#resource,
      fullUrl: this.url,
      method: 'POST',
      ownId: undefined,
      origin: { at: this.segment.place(), elements: this.#places },
      ...contribution,
    };
  }

  #gives(path: string): boolean {
    const [name = '', member] = path.split('.');
    const value = this.#resource[name];
    return value !== undefined && (member === undefined || (isObject(value) && value[member] !== undefined));
  }
}

/** Most lists are of a few items, and most items differ at first sight: comparing them beats writing them out. */
const FEW = 16;

function distinct(values: readonly JsonValue[]): readonly JsonValue[] {
  if (values.length <= FEW) return values.filter((value, index) => !values.some((other, before) => before < index && isSame(value, other)));
  const known = new Set<string>();
  return values.filter((value) => {
    const text = JSON.stringify(value);
    return !known.has(text) && known.add(text);
  });
}

function isSame(one: JsonValue | undefined, other: JsonValue | undefined): boolean {
  if (one === other) return true;
  if (isList(one) && isList(other)) return one.length === other.length && one.every((value, index) => isSame(value, other[index]));
  if (isNumeric(one) && isNumeric(other)) return numeralOf(one) === numeralOf(other);
  if (!isObject(one) || !isObject(other)) return false;
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => isSame(one[name], other[name]));
}
