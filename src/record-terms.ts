import type { Resource } from './fhir/resource.ts';
import type { Clause } from './fhir/search/query.ts';
import { type IndexTerms, NO_TERMS } from './fhir/search/terms.ts';

/**
 * By which members the exchange's own records are found, each as a token. They are no FHIR: the REST API does not know their types.
 *
 * @param members names by type
 * @returns undefined for a resource that is none of these records
 */
export function recordTerms(members: ReadonlyMap<string, readonly string[]>, resource: Resource): IndexTerms | undefined {
  const names = members.get(resource.resourceType);
  if (names === undefined) return undefined;
  const token = names.flatMap((param) => {
    const code = resource[param];
    return typeof code === 'string' ? [{ param, system: '', code }] : [];
  });
  return { ...NO_TERMS, token };
}

/** Members of a record by which it is asked for; absent ones ask for nothing. */
export type RecordFilter = Readonly<Record<string, string | undefined>>;

export function clausesOf(filter: RecordFilter): readonly Clause[] {
  return Object.entries(filter).flatMap(([param, code]) => (code === undefined ? [] : [{ kind: 'token' as const, param, anyOf: [{ code }] }]));
}
