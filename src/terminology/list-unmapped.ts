import type { Caller } from '../access/index.ts';
import { authorize } from '../access/index.ts';
import { recordTrace } from '../audit/index.ts';
import { resourceOf } from '../fhir/body.ts';
import type { Numeric } from '../fhir/json.ts';
import { isNumeric } from '../fhir/json.ts';
import type { JsonObject } from '../fhir/resource.ts';
import { isObject, textOf } from '../fhir/resource.ts';
import type { Clause } from '../fhir/search/query.ts';
import { sourceUri } from '../normalize/index.ts';
import type { Services } from '../services.ts';
import type { Stored } from '../store/store.ts';
import type { PageAsked } from './find-mappings.ts';
import { ITEM_SYSTEM, TAG_SYSTEM } from './systems.ts';
import type { UnmappedTerm } from './unmapped.ts';
import { parseUnmappedTerm, UNMAPPED_TYPE, unmappedCode } from './unmapped.ts';

/** What one result looks like, without whose it is. */
export interface Example { readonly name: string; readonly value?: Numeric | string; readonly unit?: string; readonly range?: string }

/** A code or unit without mapping, and how often it came. */
export interface UnmappedEntry {
  readonly source: string;
  readonly kind: UnmappedTerm['kind'];
  readonly system: string;
  readonly code: string;
  readonly display: string;
  /** Results that have it now. */
  readonly count: number;
  /** Instants at which a message with it was processed; the first since it was last mapped. */
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** For `GET /intake/messages?unmapped=`. */
  readonly filter: string;
  readonly examples: readonly Example[];
}

export interface UnmappedPage { readonly entries: readonly UnmappedEntry[]; readonly next: string | undefined }

const EXAMPLES = 3;

/**
 * Codes and units that the tables do not map, the last met for the first time first. One that was mapped is no longer listed
 * once the results that had it are mapped.
 *
 * @throws ServiceError 'forbidden'
 */
export async function listUnmapped(services: Services, caller: Caller, filter: { readonly source?: string | undefined }, page: PageAsked): Promise<UnmappedPage> {
  const source = filter.source ?? caller.source;
  await authorize(services, caller, { action: 'intake-list', ...(source === undefined ? {} : { source }) });
  const where: Clause[] = source === undefined ? [] : [{ kind: 'token', param: 'source', anyOf: [{ code: source }] }];
  const { items, next } = await services.store.search({ type: UNMAPPED_TYPE, where, sort: [], limit: page.count, ...(page.after === undefined ? {} : { after: page.after }) });
  const entries = await Promise.all(items.map((item) => entryOf(services, parseUnmappedTerm(item.body), item)));
  await recordTrace(services, caller, { action: 'search', interaction: 'intake-list', outcome: 'success', query: `unmapped${source === undefined ? '' : `?source=${source}`}` });
  return { entries: entries.filter((entry) => entry !== undefined), next };
}

async function entryOf({ store, codes }: Services, term: UnmappedTerm, { lastUpdated }: Stored): Promise<UnmappedEntry | undefined> {
  const { source, kind, system, code, display } = term;
  const where = [...testOf(codes, term), ...unmappedResults(term)];
  const [count, latest] = await Promise.all([store.count({ type: 'Observation', where }), store.search({ type: 'Observation', where, sort: [], limit: EXAMPLES })]);
  const last = latest.items[0];
  if (last === undefined) return undefined;
  const examples = latest.items.map(({ body }) => exampleOf(resourceOf(body), display));
  return { source, kind, system, code, display, count, firstSeen: lastUpdated < last.lastUpdated ? lastUpdated : last.lastUpdated, lastSeen: last.lastUpdated, filter: unmappedCode(term), examples };
}

/** A unit is a gap of one test: the same, or none at all, may come with others. */
function testOf({ items }: Services['codes'], { kind, display }: UnmappedTerm): readonly Clause[] {
  const item = kind === 'unit' ? [...items.values()].find(({ zh }) => zh === display) : undefined;
  return item === undefined ? [] : [{ kind: 'token', param: 'combo-code', anyOf: [{ system: ITEM_SYSTEM, code: item.item }] }];
}

/** Results that are stored with the gap; of one without a unit, all of which no unit is understood. Of one that came as a mere text, all that have no known code: a text is found by nothing. */
export function unmappedResults({ source, kind, system, code }: Pick<UnmappedTerm, 'source' | 'kind' | 'system' | 'code'>): readonly Clause[] {
  const ofSource: Clause[] = [
    { kind: 'token', param: '_tag', anyOf: [{ system: TAG_SYSTEM, code: `unmapped-${kind}` }] },
    { kind: 'uri', param: '_source', match: 'exact', anyOf: [sourceUri(source)] },
  ];
  if (kind === 'unit') return code === '' ? ofSource : [{ kind: 'quantity', param: 'combo-value-quantity', anyOf: [{ prefix: 'ge', low: -Number.MAX_VALUE, high: -Number.MAX_VALUE, code }] }, ...ofSource];
  return system === '' ? ofSource : [{ kind: 'token', param: 'combo-code', anyOf: [{ system, code }] }, ...ofSource];
}

/** Nothing but name, value, unit and range: an operator who maps codes need not know the patient. */
export function exampleOf(resource: JsonObject, display: string): Example {
  const quantity = isObject(resource['valueQuantity']) ? resource['valueQuantity'] : {};
  const concept = isObject(resource['valueCodeableConcept']) ? textOf(resource['valueCodeableConcept']['text']) : '';
  const words = textOf(resource['valueString']) || concept;
  const value = isNumeric(quantity['value']) ? quantity['value'] : words.slice(0, 100);
  const unit = textOf(quantity['unit']) || textOf(quantity['code']);
  const range = rangeOf(resource);
  return { name: nameOf(resource) || display, ...(value === '' ? {} : { value }), ...(unit === '' ? {} : { unit }), ...(range === '' ? {} : { range }) };
}

function nameOf(resource: JsonObject): string {
  const concept = isObject(resource['code']) ? resource['code'] : {};
  const codings = Array.isArray(concept['coding']) ? concept['coding'].filter(isObject) : [];
  return textOf(concept['text']) || (codings.map(({ display }) => textOf(display)).find((name) => name !== '') ?? '');
}

function rangeOf({ referenceRange }: JsonObject): string {
  const first = Array.isArray(referenceRange) ? referenceRange.filter(isObject)[0] : undefined;
  if (first === undefined) return '';
  const [low, high] = [first['low'], first['high']].map((limit) => (isObject(limit) && isNumeric(limit['value']) ? JSON.stringify(limit['value']) : ''));
  return textOf(first['text']) || (low === '' && high === '' ? '' : `${low ?? ''}-${high ?? ''}`);
}
