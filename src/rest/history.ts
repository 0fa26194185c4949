import { authorize } from '../access/index.ts';
import type { Caller } from '../access/index.ts';
import { ServiceError } from '../errors.ts';
import { parseMoment } from '../fhir/dates.ts';
import { referenceTo } from '../fhir/resource.ts';
import type { Services } from '../services.ts';
import type { HistoryQuery, Page, Stored } from '../store/store.ts';
import type { Answer } from './answer.ts';
import { traceRead } from './disclose.ts';
import { patientsIn } from './stored-resource.ts';
import { refused, requireId, requireType } from './incoming.ts';
import { historyEntry, pageBundle } from './page-bundle.ts';
import { requireKnown } from '../http/known-parameters.ts';
import { openPage, PAGE_PARAMETER, signPage } from '../http/page-link.ts';
import { pageSizeOf } from '../http/page-size.ts';
import { FORMAT_NAMES, parseQueryText, valueOf } from '../http/query-text.ts';

/** No `id`: history of the type. No `type` either: of everything. */
export interface HistoryInput {
  readonly type?: string;
  readonly id?: string;
  readonly query: string;
  /** Public address of the API, for links. */
  readonly base: string;
}

const PARAMETERS = ['_count', '_since', ...FORMAT_NAMES];

/**
 * Versions, newest first, of a resource, a type or everything but traces.
 * @throws ServiceError 'not-found' for an id that was never stored, 'not-supported' for an unknown parameter, 'malformed', 'forbidden'
 * @see https://hl7.org/fhir/R4/http.html#history
 */
export async function history(services: Services, caller: Caller, input: HistoryInput): Promise<Answer> {
  const { type, id, base } = input;
  if (type !== undefined) requireType(services, type);
  if (id !== undefined) requireId(id);
  const path = ['', type, id].filter((part) => part !== undefined).join('/');
  const of = `history ${path}`;
  const pairs = parseQueryText(input.query);
  const link = valueOf(pairs, PAGE_PARAMETER);
  requireKnown('A history', pairs.filter(([name]) => name !== PAGE_PARAMETER), PARAMETERS);
  const position = link === undefined ? undefined : openPage(services.keys, caller.subject, of, link);
  const page = await versionsOf(services, { ...input, query: position?.query ?? input.query }, position?.after);
  await discloseHistory(services, caller, input, page);
  const next = page.next === undefined ? undefined : signPage(services.keys, caller.subject, { of, query: position?.query ?? input.query, after: page.next });
  const address = `${base}${path}/_history`;
  const links = [
    { relation: 'self', url: input.query === '' ? address : `${address}?${input.query}` } as const,
    ...(next === undefined ? [] : [{ relation: 'next', url: `${address}?${PAGE_PARAMETER}=${next}` } as const]),
  ];
  const frame = { id: services.newId(), type: 'history', lastUpdated: services.clock().toISOString(), links } as const;
  const replacing = await replacementsIn(services, page.items);
  return { status: 200, body: pageBundle(frame, page.items.map((stored) => historyEntry(base, stored, !replacing.has(stored)))) };
}

/** The versions that replaced another one, which may stand on a later page. */
async function replacementsIn({ store }: Services, items: readonly Stored[]): Promise<ReadonlySet<Stored>> {
  const shown = new Map(items.map((stored) => [`${referenceTo(stored)} ${stored.version}`, stored]));
  const found = await Promise.all(items.filter(({ version, deleted }) => version > 1 && !deleted).map(async (stored) => {
    const before = shown.get(`${referenceTo(stored)} ${stored.version - 1}`) ?? await store.readVersion(stored, stored.version - 1);
    return before?.deleted === false ? [stored] : [];
  }));
  return new Set(found.flat());
}

async function versionsOf(services: Services, { type, id, query }: HistoryInput, after: string | undefined): Promise<Page> {
  const pairs = parseQueryText(query);
  const since = valueOf(pairs, '_since');
  const asked: HistoryQuery = {
    limit: pageSizeOf(valueOf(pairs, '_count'), services.config.limits.page),
    ...(type === undefined ? { types: services.fhir.definitions.resourceTypes } : { type }),
    ...(id === undefined ? {} : { id }),
    ...(since === undefined ? {} : { since: instantOf(since) }),
    ...(after === undefined ? {} : { after }),
  };
  return services.store.history(asked);
}

/** Leave and trace. Every patient whose data is on the page is named; a page with a version about nobody is as open as that version. */
async function discloseHistory(services: Services, caller: Caller, { type, id, query }: HistoryInput, page: Page): Promise<void> {
  const action = id !== undefined ? 'history-instance' : type !== undefined ? 'history-type' : 'history-system';
  const shown = page.items.filter((stored) => !stored.deleted).map((stored) => patientsIn(services, stored));
  const patients = [...new Set(shown.flat())];
  const isPartlyAboutNobody = shown.some((about) => about.length === 0);
  const request = { action, patients: isPartlyAboutNobody ? [] : patients, ...(type === undefined ? {} : { type }), ...(id === undefined ? {} : { id }) } as const;
  const permit = await authorize(services, caller, request);
  if (page.items.length === 0) await requireStored(services, { type, id });
  await traceRead(services, caller, { interaction: action, resources: resourcesOf(page.items), patients, query, breakGlass: permit.breakGlass });
}

/** An id that was never stored has no history, not an empty one. */
async function requireStored(services: Services, { type, id }: { type: string | undefined; id: string | undefined }): Promise<void> {
  if (type === undefined || id === undefined) return;
  if ((await services.store.read({ type, id })) === undefined) throw new ServiceError('not-found', `There is no ${type} with this id`);
}

function resourcesOf(items: readonly Stored[]): readonly string[] {
  return [...new Set(items.map(referenceTo))];
}

function instantOf(text: string): string {
  const moment = parseMoment(text);
  if (moment === undefined) throw refused('malformed', 'value', '_since must be an instant such as 2026-03-01T08:00:00Z');
  return new Date(moment.start).toISOString();
}
