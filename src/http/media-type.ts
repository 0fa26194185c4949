import type { IncomingHttpHeaders } from 'node:http';
import { ServiceError } from '../errors.ts';

export const FHIR_JSON = 'application/fhir+json; charset=utf-8';

const JSON_TYPES = new Set(['application/fhir+json', 'application/json', 'text/json']);
const ACCEPTED_RANGES = new Set([...JSON_TYPES, '*/*', 'application/*']);
const JSON_FORMATS = new Set(['json', ...JSON_TYPES]);

/**
 * Makes sure that the client takes JSON, the only format offered.
 *
 * @param format value of the query parameter `_format`, which wins over the header
 * @throws ServiceError 'not-acceptable'
 * @see https://hl7.org/fhir/R4/http.html#mime-type
 */
export function requireJsonAccepted(headers: IncomingHttpHeaders, format: string | undefined): void {
  if (format !== undefined) {
    // A plus sign in a query stands for a space: `application/fhir+json` often arrives unescaped.
    if (JSON_FORMATS.has(mediaType(format.replaceAll(' ', '+')))) return;
    throw new ServiceError('not-acceptable', '_format may be json, application/json or application/fhir+json: other formats are not offered');
  }
  const accept = headers.accept;
  if (accept === undefined || accept === '' || accept === '*/*' || accept === 'application/fhir+json') return;
  const ranges = accept.split(',').map(parseRange);
  if (ranges.some((range) => ACCEPTED_RANGES.has(range.type) && !range.isExcluded && isR4(range.fhirVersion))) return;
  throw new ServiceError('not-acceptable', 'Accept must allow application/fhir+json of FHIR version 4.0: other formats are not offered');
}

/** @throws ServiceError 'unsupported-media' unless the body is announced as JSON of FHIR R4 in UTF-8 */
export function requireJsonBody(headers: IncomingHttpHeaders): void {
  const contentType = headers['content-type'];
  if (contentType === 'application/fhir+json' || contentType === 'application/json') return;
  if (!JSON_TYPES.has(mediaType(contentType ?? ''))) throw new ServiceError('unsupported-media', 'Content-Type of the body must be application/fhir+json or application/json');
  requireUtf8(contentType ?? '');
  if (!isR4(parameter(contentType ?? '', 'fhirVersion'))) throw new ServiceError('unsupported-media', 'The fhirVersion in Content-Type must be 4.0: bodies of other FHIR versions are not taken');
}

/** Media type of the body, in lower case and without parameters; '' where none is announced. */
export function bodyType(headers: IncomingHttpHeaders): string {
  return mediaType(headers['content-type'] ?? '');
}

/** True for the body of an HTML form, as `POST [type]/_search` has it. @throws ServiceError 'unsupported-media' for another charset */
export function isFormBody(headers: IncomingHttpHeaders): boolean {
  const contentType = headers['content-type'] ?? '';
  if (mediaType(contentType) !== 'application/x-www-form-urlencoded') return false;
  requireUtf8(contentType);
  return true;
}

function requireUtf8(contentType: string): void {
  const charset = parameter(contentType, 'charset');
  if (charset === undefined || /^utf-?8$/i.test(charset)) return;
  throw new ServiceError('unsupported-media', 'The charset of the body must be utf-8');
}

function parseRange(text: string): { type: string; isExcluded: boolean; fhirVersion: string | undefined } {
  return { type: mediaType(text), isExcluded: Number(parameter(text, 'q') ?? 1) === 0, fhirVersion: parameter(text, 'fhirVersion') };
}

function isR4(version: string | undefined): boolean {
  return version === undefined || version === '4.0' || version.startsWith('4.0.');
}

function mediaType(text: string): string {
  return (text.split(';', 1)[0] ?? '').trim().toLowerCase();
}

function parameter(text: string, name: string): string | undefined {
  const part = text.split(';').slice(1).map((item) => item.split('=')).find(([key]) => key?.trim().toLowerCase() === name.toLowerCase());
  return part?.[1]?.trim().replace(/^"(.*)"$/, '$1');
}
