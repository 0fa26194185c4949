import { parseMoment } from '../dates.ts';
import { isNumeric, numberOf } from '../json.ts';
import { narrativeFault } from './narrative.ts';
import type { Fault } from './run.ts';

/** Decides on the format of one primitive value. @see https://hl7.org/fhir/R4/datatypes.html */
export type PrimitiveCheck = (value: unknown) => Fault | undefined;

const MAX_STRING_LENGTH = 1024 * 1024;
const MAX_INTEGER = 2 ** 31 - 1;
const MIN_INTEGER = -(2 ** 31);

const NOT_TEXT: Fault = { code: 'structure', text: 'must be a JSON string' };
const EMPTY: Fault = { code: 'value', text: 'must not be empty; leave the element out instead' };
const TOO_LONG: Fault = { code: 'too-long', text: 'is longer than 1 MB' };
const CONTROL: Fault = { code: 'value', text: 'must not hold control characters other than tab, line feed and carriage return' };

// JavaScript's \s knows all of Unicode and would refuse an ideographic space; the patterns of R4 mean the ASCII ones.
const CONTROL_CHARACTER = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/;

const CHECKS: Readonly<Record<string, PrimitiveCheck>> = {
  boolean: (value) => (typeof value === 'boolean' ? undefined : { code: 'structure', text: 'must be the JSON value true or false' }),
  integer: integerFrom(MIN_INTEGER, 'a whole number of 32 bits'),
  unsignedInt: integerFrom(0, 'a whole number from 0 to 2147483647'),
  positiveInt: integerFrom(1, 'a whole number from 1 to 2147483647'),
  decimal,
  string: textCheck,
  markdown: textCheck,
  xhtml: (value) => (typeof value === 'string' ? narrativeFault(value) : NOT_TEXT),
  code: matching(/^[^ \t\r\n]+([ \t\r\n][^ \t\r\n]+)*$/, 'must be a code, without white space at its ends and without double spaces'),
  id: matching(/^[A-Za-z0-9\-.]{1,64}$/, 'must be an id of 1 to 64 letters, digits, hyphens and dots'),
  uri: matching(/^[^ \t\r\n]+$/, 'must be a URI without white space'),
  url: matching(/^[^ \t\r\n]+$/, 'must be a URL without white space'),
  canonical: matching(/^[^ \t\r\n]+$/, 'must be a canonical URL without white space'),
  oid: matching(/^urn:oid:[0-2](\.(0|[1-9][0-9]*))+$/, 'must be an OID in the form urn:oid:1.2.3'),
  uuid: matching(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/, 'must be a UUID in lower case in the form urn:uuid:…'),
  base64Binary,
  date: dateMatching(/^\d{4}(-\d{2}(-\d{2})?)?$/, 'must be a date that exists, in the form YYYY, YYYY-MM or YYYY-MM-DD'),
  dateTime: dateMatching(
    /^\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2}))?)?)?$/,
    'must be a date and time that exist, in the form YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss+zz:zz; a time needs seconds and a time zone',
  ),
  instant: dateMatching(
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/,
    'must be an instant that exists, in the form YYYY-MM-DDThh:mm:ss.sss+zz:zz; seconds and time zone are needed',
  ),
  time: matching(/^([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?$/, 'must be a time of day in the form hh:mm:ss'),
};

/** The check of an R4 primitive type by its name. @throws Error for a type that is not primitive */
export function primitiveCheck(type: string): PrimitiveCheck {
  const check = CHECKS[type];
  if (check === undefined) throw new Error(`${type} is not a primitive type`);
  return check;
}

function textCheck(value: unknown): Fault | undefined {
  if (typeof value !== 'string') return NOT_TEXT;
  if (value.length === 0) return EMPTY;
  if (value.length > MAX_STRING_LENGTH) return TOO_LONG;
  return CONTROL_CHARACTER.test(value) ? CONTROL : undefined;
}

function matching(pattern: RegExp, rule: string): PrimitiveCheck {
  const fault: Fault = { code: 'value', text: rule };
  return (value) => {
    if (typeof value !== 'string') return NOT_TEXT;
    if (value.length === 0) return EMPTY;
    if (value.length > MAX_STRING_LENGTH) return TOO_LONG;
    return pattern.test(value) ? undefined : fault;
  };
}

function dateMatching(pattern: RegExp, rule: string): PrimitiveCheck {
  const fault: Fault = { code: 'value', text: rule };
  return (value) => {
    if (typeof value !== 'string') return NOT_TEXT;
    return pattern.test(value) && parseMoment(value) !== undefined ? undefined : fault;
  };
}

/** A number that needs its own text (`6.0`, `1e3`, `-0`) is kept raw by `json.ts`, and is no integer of R4. */
function integerFrom(least: number, rule: string): PrimitiveCheck {
  const notNumber: Fault = { code: 'structure', text: `must be a JSON number: ${rule}` };
  const fault: Fault = { code: 'value', text: `must be ${rule}, without fraction and exponent` };
  return (value) => {
    if (!isNumeric(value)) return notNumber;
    return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= MAX_INTEGER ? undefined : fault;
  };
}

function decimal(value: unknown): Fault | undefined {
  if (!isNumeric(value)) return { code: 'structure', text: 'must be a JSON number' };
  return Number.isFinite(numberOf(value)) ? undefined : { code: 'value', text: 'is a number too large to be handled' };
}

/** Attachments are large: no string limit, and nothing that could backtrack. */
function base64Binary(value: unknown): Fault | undefined {
  if (typeof value !== 'string') return NOT_TEXT;
  if (value.length === 0) return EMPTY;
  const packed = /\s/.test(value) ? value.replace(/\s+/g, '') : value;
  const isBase64 = packed.length % 4 === 0 && packed.length > 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(packed);
  return isBase64 ? undefined : { code: 'value', text: 'must be base64, its length a multiple of four with padding' };
}
