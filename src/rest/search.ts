import { authorize, patientBindingOf } from '../access/index.ts';
import type { AccessRequest, Caller } from '../access/index.ts';
import { ServiceError } from '../errors.ts';
import { resourceOf } from '../fhir/body.ts';
import { operationOutcome } from '../fhir/outcome.ts';
import type { Issue } from '../fhir/outcome.ts';
import type { JsonObject } from '../fhir/resource.ts';
import type { SearchRequest } from '../fhir/search/parse.ts';
import type { Clause } from '../fhir/search/query.ts';
import { matchQuality, qualityMembers } from '../identity/index.ts';
import type { Services } from '../services.ts';
import type { Page, Stored } from '../store/store.ts';
import type { Answer } from './answer.ts';
import { readSearch } from './criteria.ts';
import { traceRead } from './disclose.ts';
import { includeResources } from './include.ts';
import { requireType } from './incoming.ts';
import { outcomeEntry, pageBundle, searchEntries } from './page-bundle.ts';
import type { PageLink } from './page-bundle.ts';
import { openPage, PAGE_PARAMETER, signPage } from '../http/page-link.ts';
import { patientsIn } from './stored-resource.ts';
import { searchPersons } from './person-clauses.ts';
import type { PersonSearch } from './person-clauses.ts';
import { parseQueryText, valueOf, withoutFormat, writeQueryText } from '../http/query-text.ts';
import { subsetOf } from './subset.ts';
import type { Part } from './subset.ts';

export interface SearchInput {
  readonly type: string;
  /** As written by the caller, or `_page=…` of a link. */
  readonly query: string;
  /** Public address of the API, for links and `fullUrl`. */
  readonly base: string;
  /** `lenient`: parameters that are not known are left out and told. */
  readonly handling: 'strict' | 'lenient';
}

const DEFAULT_COUNT = 20;

/**
 * One page of the resources of a type that match, newest first unless `_sort` says otherwise. A patient stands for all
 * records of the same person. The trace is durable before anything is returned.
 *
 * @throws ServiceError 'not-supported' for an unknown parameter or modifier, 'malformed', 'forbidden'
 * @see https://hl7.org/fhir/R4/http.html#search
 */
export async function search(services: Services, caller: Caller, input: SearchInput): Promise<Answer> {
  const { type } = input;
  requireType(services, type);
  const { query, after } = startOf(services, caller, input);
  const { request, remarks } = readRequest(services, type, query, input.handling);
  const persons = await searchPersons(services, type, request.where);
  const text = `${type}?${query}`;
  const permit = await authorize(services, caller, { action: 'search-type', type, where: request.where, query: text, ...namedBy(persons) });
  const found = await findPage(services, request, [...persons.where, ...permit.limits], after);
  const included = await includeResources(services, { caller, permit }, request, found.items);
  const patients = [...new Set([...persons.linked, ...patientsOfMatches(services, request, persons, found.items), ...included.patients])];
  await traceRead(services, caller, { interaction: 'search-type', patients, query: text, breakGlass: permit.breakGlass });

  const understood = writeQueryText(request.understood);
  const next = found.next === undefined ? undefined : signPage(services.keys, caller.subject, { of: `search ${type}`, query: understood, after: found.next });
  const frame = {
    id: services.newId(), type: 'searchset', lastUpdated: services.clock().toISOString(),
    links: linksOf(`${input.base}/${type}`, after === undefined ? understood : input.query, next),
    ...(found.total === undefined ? {} : { total: found.total }),
  } as const;
  const qualityOf = qualityOfMatches(services, request);
  const entryOf = searchEntries(input.base);
  const part = partOf(request);
  const told = included.isCut ? [...remarks, tooManyIncluded(services.config.limits.includes)] : remarks;
  return {
    status: 200,
    body: pageBundle(frame, [
      ...found.items.map((stored) => entryOf(stored, bodyOf(services, stored, part), 'match', qualityOf(stored))),
      ...included.items.map((stored) => entryOf(stored, stored.bytes, 'include')),
      ...(told.length === 0 ? [] : [outcomeEntry(operationOutcome(told))]),
    ]),
  };
}

/** The query that the page belongs to, and where the page starts. */
function startOf(services: Services, caller: Caller, { type, query }: SearchInput): { query: string; after: string | undefined } {
  if (!query.includes(PAGE_PARAMETER)) return { query, after: undefined };
  const pairs = withoutFormat(parseQueryText(query));
  const link = valueOf(pairs, PAGE_PARAMETER);
  if (link === undefined) return { query, after: undefined };
  if (pairs.length > 1) throw new ServiceError('malformed', `${PAGE_PARAMETER} stands alone: a page link carries its whole search`);
  return openPage(services.keys, caller.subject, `search ${type}`, link);
}

function readRequest(services: Services, type: string, query: string, handling: SearchInput['handling']): { request: SearchRequest; remarks: readonly Issue[] } {
  const { request, faults, unknown } = readSearch(services, type, parseQueryText(query));
  const refusing = handling === 'lenient' ? faults : [...faults, ...unknown];
  if (refusing.length > 0) throw new ServiceError(faults.length > 0 ? 'malformed' : 'not-supported', 'The search cannot be answered as it is asked', refusing);
  return { request, remarks: unknown.map((issue) => ({ ...issue, severity: 'warning' })) };
}

function namedBy({ named, persons }: PersonSearch): Pick<AccessRequest, 'patients' | 'persons'> {
  return { ...(named === undefined ? {} : { patients: named }), ...(persons === undefined ? {} : { persons }) };
}

/** Patients whose data the matches show, where the query does not say so already. */
function patientsOfMatches(services: Services, { type }: SearchRequest, { named }: PersonSearch, items: readonly Stored[]): readonly string[] {
  const binding = patientBindingOf(services.fhir, type);
  const isNamed = named !== undefined && binding === 'one' && type !== 'Patient';
  return binding === 'none' || isNamed ? [] : items.flatMap((stored) => patientsIn(services, stored));
}

/** A search for Patients tells how well each of them fits. */
function qualityOfMatches(services: Services, { type, understood }: SearchRequest): (stored: Stored) => JsonObject | undefined {
  const quality = type === 'Patient' ? matchQuality(services, understood) : undefined;
  return (stored) => (quality === undefined ? undefined : qualityMembers(quality(stored.id, stored.body)));
}

type FoundPage = Page & { readonly total?: number };

async function findPage({ store, config }: Services, request: SearchRequest, where: readonly Clause[], after: string | undefined): Promise<FoundPage> {
  const { type, sort, count, total, summary } = request;
  const onlyCounts = summary === 'count' || count === 0;
  const isCounted = onlyCounts || total === 'accurate' || total === 'estimate';
  const limit = count ?? Math.min(DEFAULT_COUNT, config.limits.page);
  const [page, matches] = await Promise.all([
    onlyCounts ? { items: [] } : store.search({ type, where, sort, limit, ...(after === undefined ? {} : { after }) }),
    isCounted ? store.count({ type, where }) : undefined,
  ]);
  return matches === undefined ? page : { ...page, total: matches };
}

function linksOf(address: string, query: string, next: string | undefined): readonly PageLink[] {
  const self = { relation: 'self', url: query === '' ? address : `${address}?${query}` } as const;
  return next === undefined ? [self] : [self, { relation: 'next', url: `${address}?${PAGE_PARAMETER}=${next}` }];
}

/** What `_elements` or `_summary` leave of each match; undefined for all of it. */
function partOf({ elements, summary }: SearchRequest): Part | undefined {
  if (elements.length > 0) return elements;
  return summary === 'true' || summary === 'text' || summary === 'data' ? summary : undefined;
}

function bodyOf(services: Services, stored: Stored, part: Part | undefined): string | Buffer {
  return part === undefined ? stored.bytes : JSON.stringify(subsetOf(services, resourceOf(stored.body), part));
}

function tooManyIncluded(limit: number): Issue {
  return { severity: 'warning', code: 'too-costly', diagnostics: `Not everything that the page would include was looked for: it includes at most ${limit} resources. Ask for a smaller _count` };
}
