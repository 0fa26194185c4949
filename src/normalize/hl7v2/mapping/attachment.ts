import type { JsonObject } from '../../../fhir/resource.ts';
import { componentText, labelOf } from '../datatypes/concept.ts';
import { element } from '../datatypes/element.ts';
import { timeOf } from '../datatypes/time.ts';
import type { Segment, Value } from '../segment.ts';
import type { Reading } from './reading.ts';
import { report } from './reading.ts';

/** Subtypes of table 0291, and what senders write instead. */
const SUBTYPES: ReadonlyMap<string, string> = new Map([
  ['PDF', 'application/pdf'], ['JPEG', 'image/jpeg'], ['JPG', 'image/jpeg'], ['PNG', 'image/png'], ['GIF', 'image/gif'], ['TIFF', 'image/tiff'], ['TIF', 'image/tiff'], ['BMP', 'image/bmp'],
  ['RTF', 'application/rtf'], ['HTML', 'text/html'], ['XML', 'application/xml'], ['X-HL7-CDA-LEVEL-ONE', 'application/xml'], ['SGML', 'text/sgml'], ['PLAIN', 'text/plain'],
  ['DICOM', 'application/dicom'], ['PS', 'application/postscript'], ['BASIC', 'audio/basic'], ['PICT', 'image/x-pict'], ['DOC', 'application/msword'],
]);
/** Types of table 0191. */
const TYPES: ReadonlyMap<string, string> = new Map([['TEXT', 'text/plain'], ['TX', 'text/plain'], ['FT', 'text/plain'], ['PDF', 'application/pdf'], ['JPEG', 'image/jpeg'], ['DICOM', 'application/dicom']]);
/** First characters of what is sent as base64. */
const SIGNATURES = [['JVBERi', 'application/pdf'], ['/9j/', 'image/jpeg'], ['iVBORw0KGgo', 'image/png'], ['R0lGOD', 'image/gif'], ['e1xydGY', 'application/rtf']] as const;
const MIME = /^[a-z]+\/[a-z0-9][a-z0-9.+-]*$/i;

/** Value types of OBX-2 that hold a document, or lead to one. */
export function isAttached(obx: Segment): boolean {
  const type = obx.text(2);
  return type === 'ED' || type === 'RP';
}

/**
 * The document that an OBX of type ED holds, or to which one of type RP leads.
 *
 * @returns undefined for a pointer that leads nowhere
 */
export function attachmentsOf(reading: Reading, obx: Segment): readonly JsonObject[] {
  const title = labelOf(obx.value(3));
  const creation = timeOf(reading, obx, 14);
  return obx.values(5).flatMap((value) => {
    const content = obx.text(2) === 'RP' ? pointed(value) : encapsulated(reading, obx, value);
    const attachment = content === undefined ? undefined : element({ ...content, title, creation });
    return attachment === undefined ? [] : [attachment];
  });
}

/** A text as an attachment. */
export function textAttachment(text: string): JsonObject {
  return { contentType: 'text/plain; charset=utf-8', data: Buffer.from(text, 'utf8').toString('base64') };
}

/** RP: where the document is, and what it is. */
function pointed(value: Value): JsonObject | undefined {
  const url = (componentText(value, 1) || value.text(2)).replace(/\s+/g, '%20');
  return url === '' ? undefined : element({ contentType: contentType(value.text(3), value.text(4), ''), url });
}

/** ED: the document itself, as base64, in hexadecimal digits, or as it is. */
function encapsulated(reading: Reading, obx: Segment, value: Value): JsonObject | undefined {
  const encoding = value.text(4).toUpperCase();
  const data = encoding === 'BASE64' ? value.text(5).replace(/\s+/g, '') : encoding === 'HEX' ? fromHex(value.text(5)) : Buffer.from(restOf(reading, value), 'utf8').toString('base64');
  if (data === undefined) {
    report(reading, 'value', { segment: obx, field: 5 }, 'The data is said to be hexadecimal (component 4), and is not');
    return undefined;
  }
  return element({ contentType: contentType(value.text(2), value.text(3), data), data });
}

function fromHex(text: string): string | undefined {
  const digits = text.replace(/\s+/g, '');
  return digits.length % 2 === 0 && /^[0-9A-Fa-f]*$/.test(digits) ? Buffer.from(digits, 'hex').toString('base64') : undefined;
}

/** All that stands from the fifth component on: whoever sends a text as it is, leaves its `^` and `&` as they are. */
function restOf({ message }: Reading, value: Value): string {
  const { component } = message.separators;
  const whole = value.wholeText();
  let start = 0;
  for (let left = 4; left > 0; left--) {
    const at = whole.indexOf(component, start);
    if (at < 0) return '';
    start = at + 1;
  }
  return whole.slice(start);
}

function contentType(type: string, subtype: string, data: string): string {
  const named = [subtype, type].find((name) => MIME.test(name));
  if (named !== undefined) return named.toLowerCase();
  const joined = `${type}/${subtype}`;
  const known = SUBTYPES.get(subtype.toUpperCase()) ?? TYPES.get(type.toUpperCase());
  if (known !== undefined) return known;
  const signed = SIGNATURES.find(([start]) => data.startsWith(start))?.[1];
  if (signed !== undefined) return signed;
  if (/^(application|image|text|audio|video)\/[a-z0-9.+-]+$/i.test(joined)) return joined.toLowerCase();
  return 'application/octet-stream';
}
