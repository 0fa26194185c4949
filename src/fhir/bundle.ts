import { isUtf8 } from 'node:buffer';
import { JsonError, MAX_JSON_DEPTH, parseJson, parseKnownJson } from './json.ts';
import { JsonScan } from './json-scan.ts';
import { isObject } from './resource.ts';
import type { JsonObject } from './resource.ts';

/**
 * A Bundle read from its bytes entry by entry: besides the body itself, memory holds two offsets an entry and whatever
 * the reader keeps, so that a bundle of 50 MB passes. @see https://hl7.org/fhir/R4/bundle.html
 */
export interface ScannedBundle {
  /** Every member of the Bundle but `entry`. */
  readonly envelope: JsonObject;
  /** `Bundle.type`, undefined when it is missing or no string. */
  readonly type: string | undefined;
  readonly entryCount: number;
  /** The entries in order, each parsed when it is reached. The text is known to be JSON, so nothing is thrown. */
  entries(): Generator<ScannedEntry>;
  /** One entry; that of a large bundle is parsed anew each time. */
  entry(index: number): ScannedEntry;
  /** True when parsed entries are not kept, since together they would take several times the memory of the body. */
  readonly isLarge: boolean;
}

export interface ScannedEntry {
  readonly index: number;
  /** `Bundle.entry[3]`, prefix of every `expression` about it. */
  readonly at: string;
  readonly value: JsonObject;
  /** Its text within the body. */
  readonly bytes: Buffer;
}

export interface BundleLimits {
  readonly entries: number;
  /** Deepest nesting of one resource. */
  readonly depth?: number;
}

/** The envelope, the entry list and the entry stand around a resource. */
const LEVELS_AROUND_RESOURCE = 3;
/** The parsed entries of a bundle up to this size are kept, since they are read more than once. */
const KEEP_PARSED_BYTES = 2_000_000;

/**
 * Checks that the whole body is one JSON object and notes where each entry stands.
 *
 * @param bytes the body, UTF-8; it must not change while the result is in use
 * @throws JsonError for bytes that are not UTF-8, text that is not JSON, a member that
 *   occurs twice in its object, an entry that is no object, too deep a nesting, or too many entries
 */
export function scanBundle(bytes: Buffer, limits: BundleLimits): ScannedBundle {
  if (!isUtf8(bytes)) throw new JsonError('syntax', 'The body is not valid UTF-8');
  const depth = limits.depth ?? MAX_JSON_DEPTH;
  const scan = new JsonScan(bytes, depth + LEVELS_AROUND_RESOURCE);
  const members = new Map<string, unknown>();
  const offsets: number[] = [];
  const kept: ScannedEntry[] | undefined = bytes.length <= KEEP_PARSED_BYTES ? [] : undefined;
  const entryAhead = (index: number): void => {
    const [start, end] = entryAt(scan, index, limits.entries);
    offsets.push(start, end);
    // Parsed here for its nested names too, so that a bundle is refused before anything of it is done.
    const parsed = toEntry(bytes.subarray(start, end), index, parseJson(bytes.toString('utf8', start, end), depth + 1));
    kept?.push(parsed);
  };
  scan.document((name) => {
    if (name === 'entry') return scan.array('Bundle.entry', entryAhead);
    const start = scan.position;
    scan.value();
    members.set(name, parseJson(bytes.toString('utf8', start, scan.position), depth));
  });
  const envelope: unknown = Object.fromEntries(members);
  const type = members.get('type');
  const entry = (index: number): ScannedEntry => kept?.[index] ?? parseEntry(bytes, offsets, index, depth);
  return {
    envelope: isObject(envelope) ? envelope : {},
    type: typeof type === 'string' ? type : undefined,
    entryCount: offsets.length / 2,
    entry,
    isLarge: kept === undefined,
    *entries() {
      for (let index = 0; index < offsets.length / 2; index++) yield entry(index);
    },
  };
}

/** Start and end of the entry that the scan stands before. */
function entryAt(scan: JsonScan, index: number, limit: number): readonly [number, number] {
  if (index >= limit) throw new JsonError('count', `The Bundle has more than ${limit} entries`);
  const start = scan.position;
  scan.object(`Bundle.entry[${index}]`, () => scan.value());
  return [start, scan.position];
}

function parseEntry(bytes: Buffer, offsets: readonly number[], index: number, depth: number): ScannedEntry {
  const start = offsets[2 * index];
  const end = offsets[2 * index + 1];
  if (start === undefined || end === undefined) throw new RangeError(`The Bundle has no entry ${index}`);
  return toEntry(bytes.subarray(start, end), index, parseKnownJson(bytes.toString('utf8', start, end), depth + 1));
}

function toEntry(bytes: Buffer, index: number, value: unknown): ScannedEntry {
  return { index, at: `Bundle.entry[${index}]`, value: isObject(value) ? value : {}, bytes };
}
