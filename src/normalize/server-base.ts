import { parseReference } from '../fhir/references.ts';

/**
 * The address of a FHIR server in one spelling: host in lower case, no default port, no slash at its end, no dot segments.
 *
 * @param base as the `base` of a parsed reference, or as configured
 * @returns undefined for what is no URL
 */
export function canonicalBase(base: string): string | undefined {
  const url = URL.parse(base);
  return url === null ? undefined : `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, '')}`;
}

/** The server on which a record stands by its `fullUrl`; undefined for a placeholder. */
export function baseOfUrl(fullUrl: string | undefined): string | undefined {
  const parsed = fullUrl === undefined ? undefined : parseReference(fullUrl);
  return parsed?.kind === 'absolute' ? canonicalBase(parsed.base) : undefined;
}
