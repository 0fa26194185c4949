import type { Clause } from '../fhir/search/query.ts';
import type { Services } from '../services.ts';
import { searchAll } from '../store/search-all.ts';
import type { Change } from '../store/store.ts';
import { normalizeUnit } from './normalize-unit.ts';
import type { RemapJob } from './remap-job.ts';
import { isAboutMarks } from './remap-job.ts';
import type { UnmappedTerm } from './unmapped.ts';
import { parseUnmappedTerm, UNMAPPED_TYPE } from './unmapped.ts';

/** Takes off the operator's list what a job was about and none of its results has any more. */
export async function closeGaps({ store }: Pick<Services, 'store'>, job: RemapJob): Promise<readonly Change[]> {
  if (isAboutMarks(job)) return [];
  const where: Clause[] = [{ kind: 'token', param: 'source', anyOf: [{ code: job.source }] }];
  const terms = (await searchAll(store, { type: UNMAPPED_TYPE, where })).map(({ body, version }) => ({ term: parseUnmappedTerm(body), version }));
  const open = new Set(job.open);
  const names = namesOf(job, terms.map(({ term }) => term));
  return terms.filter(({ term }) => !open.has(term.id) && isAbout(job, term, names))
    .map(({ term, version }) => ({ kind: 'delete', key: { type: UNMAPPED_TYPE, id: term.id }, expectedVersion: version }));
}

/** How the list calls the test while its code is unmapped: its units are listed under that name. */
function namesOf({ local }: RemapJob, terms: readonly UnmappedTerm[]): ReadonlySet<string> {
  return new Set([local, ...terms.filter(({ kind, code }) => kind === 'code' && code === local).map(({ display }) => display)]);
}

function isAbout({ kind, local }: RemapJob, term: UnmappedTerm, names: ReadonlySet<string>): boolean {
  if (kind === 'source') return true;
  if (kind === 'unit') return term.kind === 'unit' && normalizeUnit(term.code) === normalizeUnit(local);
  return term.kind === 'code' ? term.code === local : names.has(term.display);
}
