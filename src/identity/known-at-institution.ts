import type { Caller } from '../access/index.ts';
import type { Clause } from '../fhir/search/query.ts';
import type { Services } from '../services.ts';

/** What limits a source: to Patients of persons whom its own institution knows. Nothing for other callers. */
export function knownAtInstitution({ sources }: Pick<Services, 'sources'>, { role, source }: Caller): readonly Clause[] {
  if (role !== 'source') return [];
  const institution = sources.get(source ?? '')?.organization.id;
  if (institution === undefined) return [{ kind: 'or', clauses: [] }];
  return [{ kind: 'has', type: 'Person', param: 'link', where: [{ kind: 'reference', param: 'known-at', anyOf: [{ type: 'Organization', id: institution }] }] }];
}
