import { membersOfTypes } from './definitions/members-of-types.ts';
import type { Definitions } from './definitions/model.ts';
import { mapNarrativeLinks } from './narrative-links.ts';
import { isList, isObject, type JsonObject, type JsonValue, type Resource } from './resource.ts';

/**
 * The text of `Reference.reference`, taken apart.
 * @see https://hl7.org/fhir/R4/references.html#literal
 */
export type ParsedReference =
  /** `#lab`: a contained resource; `#` alone is the container. */
  | { readonly kind: 'contained'; readonly id: string }
  /** `Patient/p1` or `Patient/p1/_history/2`. */
  | { readonly kind: 'relative'; readonly type: string; readonly id: string; readonly version?: string }
  /** `https://elsewhere.example/fhir/Patient/p1`; `base` has no slash at its end. */
  | { readonly kind: 'absolute'; readonly base: string; readonly type: string; readonly id: string; readonly version?: string }
  /** `Patient?identifier=…`, which a transaction replaces by what it finds. */
  | { readonly kind: 'conditional'; readonly type: string; readonly query: string }
  /** Anything else: `urn:uuid:…`, a canonical, a plain URL. */
  | { readonly kind: 'url'; readonly url: string };

const RESTFUL = /^(?:(https?:\/\/[^?#]+?)\/)?([A-Z][A-Za-z]*)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/([A-Za-z0-9\-.]{1,64}))?(?:#.*)?$/;
const CONDITIONAL = /^([A-Z][A-Za-z]*)\?(.+)$/;

/** The references last taken apart: the resources of a message refer to the same few, each of them several times on its way. */
const known = new Map<string, ParsedReference>();
const MAX_KNOWN = 1_000;
/** What is longer than a type with any id is mostly told once. */
const MAX_KNOWN_LENGTH = 128;

/** Never throws; what follows none of the patterns is a 'url'. */
export function parseReference(text: string): ParsedReference {
  const kept = known.get(text);
  if (kept !== undefined) return kept;
  const parsed = takenApart(text);
  if (text.length > MAX_KNOWN_LENGTH) return parsed;
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(text, parsed);
  return parsed;
}

function takenApart(text: string): ParsedReference {
  if (text.startsWith('#')) return { kind: 'contained', id: text.slice(1) };
  const [, base, type, id, version] = RESTFUL.exec(text) ?? [];
  if (type !== undefined && id !== undefined) {
    const target = version === undefined ? { type, id } : { type, id, version };
    return base === undefined ? { kind: 'relative', ...target } : { kind: 'absolute', base, ...target };
  }
  const [, conditionalType, query] = CONDITIONAL.exec(text) ?? [];
  if (conditionalType !== undefined && query !== undefined) return { kind: 'conditional', type: conditionalType, query };
  return { kind: 'url', url: text };
}

type Step = string | number;

/** A reference where it stands. */
export class FoundReference {
  readonly reference: string;
  readonly #steps: readonly Step[];

  constructor(reference: string, steps: readonly Step[]) {
    this.reference = reference;
    this.#steps = steps;
  }

  get parsed(): ParsedReference {
    return parseReference(this.reference);
  }

  /** The FHIRPath of its Reference, `Observation.subject` or `Bundle.entry[0].resource.subject`. Only faults tell it. */
  get path(): string {
    return this.#steps.reduce<string>((path, step) => (typeof step === 'number' ? `${path}[${step}]` : path === '' ? step : `${path}.${step}`), '');
  }
}

/** Every `Reference.reference` of a resource, those of contained resources included, in document order. */
export function referencesOf(resource: Resource): FoundReference[] {
  const found: FoundReference[] = [];
  collect(resource, [resource.resourceType], found);
  return found;
}

/** @param steps down to the value: names of members, and places in lists */
function collect(value: JsonValue | undefined, steps: Step[], found: FoundReference[]): void {
  if (isList(value)) {
    for (let place = 0; place < value.length; place++) collectBelow(value[place], place, steps, found);
    return;
  }
  if (!isObject(value)) return;
  if (isReference(value)) found.push(new FoundReference(value['reference'], [...steps]));
  for (const name in value) if (!name.startsWith('_')) collectBelow(value[name], name, steps, found);
}

function collectBelow(value: JsonValue | undefined, step: Step, steps: Step[], found: FoundReference[]): void {
  if (typeof value !== 'object') return;
  steps.push(step);
  collect(value, steps, found);
  steps.pop();
}

/** Members that a Reference can have: other elements with a text called `reference` are told apart by the rest. */
const REFERENCE_MEMBERS: ReadonlySet<string> = new Set(['id', 'extension', 'reference', '_reference', 'type', '_type', 'identifier', 'display', '_display']);

function isReference(value: JsonObject): value is JsonObject & { readonly reference: string } {
  if (typeof value['reference'] !== 'string') return false;
  for (const name in value) if (!REFERENCE_MEMBERS.has(name)) return false;
  return true;
}

/** What stands at a place that can name another resource. */
export interface Mention {
  /** `reference`: the text of a Reference; `uri`: another uri in full, such as an attachment's url or a link of the narrative. */
  readonly kind: 'reference' | 'uri';
  readonly text: string;
}

/** Gives the new text, or undefined to leave a place alone. */
type Rewrite = (mention: Mention) => string | undefined;

const URI_TYPES: ReadonlySet<string> = new Set(['uri', 'url', 'oid', 'uuid', 'canonical']);
const uriMembers = new WeakMap<object, ReadonlySet<string>>();

function uriMembersOf(definitions: Pick<Definitions, 'structures'>): ReadonlySet<string> {
  const known = uriMembers.get(definitions) ?? membersOfTypes(definitions, URI_TYPES);
  uriMembers.set(definitions, known);
  return known;
}

/**
 * Rewrites what names other resources, as a transaction must where an entry's `fullUrl` gets its final id: the text of every
 * Reference, each member that R4 makes a uri and that is one in full, and the links of narratives. What is written in a text stays.
 *
 * @param definitions tell which members are uris
 * @returns the same object where nothing changed; unchanged parts are shared
 * @see https://hl7.org/fhir/R4/http.html#trules
 */
export function mapReferences<T extends Resource>(resource: T, definitions: Pick<Definitions, 'structures'>, rewrite: Rewrite): T {
  return mapObject(resource, { uris: uriMembersOf(definitions), rewrite });
}

interface Mapping { readonly uris: ReadonlySet<string>; readonly rewrite: Rewrite }

const URI_TEXT = /^(?:urn:|https?:)/;

function mapObject<T extends JsonObject>(object: T, mapping: Mapping): T {
  const refers = isReference(object);
  let changes: Record<string, JsonValue | undefined> | undefined;
  for (const name in object) {
    const value: JsonValue | undefined = object[name];
    const mapped = refers && name === 'reference' ? mapText(value, 'reference', mapping) : mapValue(value, name, mapping);
    if (mapped !== value) (changes ??= {})[name] = mapped;
  }
  return changes === undefined ? object : { ...object, ...changes };
}

function mapValue(value: JsonValue | undefined, name: string, mapping: Mapping): JsonValue | undefined {
  if (typeof value === 'string') {
    if (name === 'div') return mapNarrativeLinks(value, (text) => mapping.rewrite({ kind: 'uri', text }));
    return URI_TEXT.test(value) && mapping.uris.has(name) ? mapText(value, 'uri', mapping) : value;
  }
  if (isList(value)) return mapArray(value, name, mapping);
  return isObject(value) ? mapObject(value, mapping) : value;
}

function mapText(value: JsonValue | undefined, kind: Mention['kind'], { rewrite }: Mapping): JsonValue | undefined {
  return typeof value === 'string' ? rewrite({ kind, text: value }) ?? value : value;
}

function mapArray(values: readonly JsonValue[], name: string, mapping: Mapping): readonly JsonValue[] {
  let changed: JsonValue[] | undefined;
  for (let place = 0; place < values.length; place++) {
    const mapped = mapValue(values[place], name, mapping);
    if (mapped !== undefined && mapped !== values[place]) (changed ??= [...values])[place] = mapped;
  }
  return changed ?? values;
}
