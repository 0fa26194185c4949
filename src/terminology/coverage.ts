import type { Caller } from '../access/index.ts';
import { authorize } from '../access/index.ts';
import { recordTrace } from '../audit/index.ts';
import type { Clause } from '../fhir/search/query.ts';
import { MAX_PAGE_SIZE } from '../fhir/search/query.ts';
import { sourceUri } from '../normalize/index.ts';
import type { Services } from '../services.ts';
import { TAG_SYSTEM } from './systems.ts';
import type { SourceTable } from './tables.ts';
import { parseUnmappedTerm, UNMAPPED_TYPE } from './unmapped.ts';

/** How much of what a source sends is understood. */
export interface Coverage {
  readonly source: string;
  /** `seen`: local codes that results came with, `mapped` of them with a mapping; `listed`: codes that have a mapping, seen or not. */
  readonly codes: { readonly seen: number; readonly mapped: number; readonly listed: number };
  /** Laboratory results: `mapped` ones have a known code and a unit that fits it, `percent` of all. */
  readonly results: { readonly total: number; readonly mapped: number; readonly percent: number; readonly unmappedCode: number; readonly unmappedUnit: number; readonly inexact: number };
  /** Spellings that the source's table explains, and open ones. */
  readonly units: { readonly listed: number; readonly unmapped: number };
}

/** Counting millions of results takes its time, and the figures change slowly. */
const KEPT_MS = 60_000;
const ASKED_AT_ONCE = 8;
const kept = new WeakMap<Services['liveCodes'], Map<string, { readonly at: number; readonly revision: number; readonly coverage: Coverage }>>();

/**
 * Coverage of each source, or of one. Figures may be a minute old.
 *
 * @throws ServiceError 'forbidden'
 */
export async function listCoverage(services: Services, caller: Caller, { source }: { readonly source?: string | undefined }): Promise<readonly Coverage[]> {
  await authorize(services, caller, { action: 'terminology-read' });
  const known = [...new Set([...services.sources.keys(), ...services.codes.sources.keys()])].sort();
  const asked = source === undefined ? known : known.filter((id) => id === source);
  const coverage: Coverage[] = [];
  for (const id of asked) coverage.push(await keptCoverage(services, id));
  await recordTrace(services, caller, { action: 'search', interaction: 'terminology-read', outcome: 'success', query: `coverage${source === undefined ? '' : `?source=${source}`}` });
  return coverage;
}

async function keptCoverage(services: Services, source: string): Promise<Coverage> {
  const { liveCodes } = services;
  const ofProcess = kept.get(liveCodes) ?? new Map<string, { readonly at: number; readonly revision: number; readonly coverage: Coverage }>();
  kept.set(liveCodes, ofProcess);
  const now = services.clock().getTime();
  const last = ofProcess.get(source);
  if (last !== undefined && last.revision === liveCodes.revision && now - last.at < KEPT_MS) return last.coverage;
  const coverage = await coverageOf(services, source);
  ofProcess.set(source, { at: now, revision: liveCodes.revision, coverage });
  return coverage;
}

async function coverageOf(services: Services, source: string): Promise<Coverage> {
  const table = services.codes.sources.get(source);
  const ofSource: Clause = { kind: 'uri', param: '_source', match: 'exact', anyOf: [sourceUri(source)] };
  const laboratory: Clause = { kind: 'token', param: 'category', anyOf: [{ code: 'laboratory' }] };
  const countTagged = (...tags: readonly string[]): Promise<number> => services.store.count({ type: 'Observation', where: [{ kind: 'token', param: '_tag', anyOf: tags.map((code) => ({ system: TAG_SYSTEM, code })) }, laboratory, ofSource] });
  const total = await services.store.count({ type: 'Observation', where: [ofSource, laboratory] });
  const [unmapped, unmappedCode, unmappedUnit, inexact] = [await countTagged('unmapped-code', 'unmapped-unit'), await countTagged('unmapped-code'), await countTagged('unmapped-unit'), await countTagged('inexact-code')];
  const gaps = await openGaps(services, source);
  const mappedSeen = table === undefined ? 0 : await countSeen(services, table, ofSource);
  const mapped = total - unmapped;
  return {
    source,
    codes: { seen: mappedSeen + gaps.codes, mapped: mappedSeen, listed: table?.codes.size ?? 0 },
    results: { total, mapped, percent: total === 0 ? 100 : Math.round((1000 * mapped) / total) / 10, unmappedCode, unmappedUnit, inexact },
    units: { listed: new Set([...table?.units.values() ?? []]).size, unmapped: gaps.units },
  };
}

async function openGaps({ store }: Services, source: string): Promise<{ readonly codes: number; readonly units: number }> {
  const { items } = await store.search({ type: UNMAPPED_TYPE, where: [{ kind: 'token', param: 'source', anyOf: [{ code: source }] }], sort: [], limit: MAX_PAGE_SIZE });
  const terms = items.map(({ body }) => parseUnmappedTerm(body));
  return { codes: terms.filter(({ kind }) => kind === 'code').length, units: new Set(terms.filter(({ kind }) => kind === 'unit').map(({ code }) => code)).size };
}

/** Mapped codes with which at least one result came. */
async function countSeen({ store }: Services, { system, codes }: SourceTable, ofSource: Clause): Promise<number> {
  const locals = [...codes.keys()];
  let seen = 0;
  for (let at = 0; at < locals.length; at += ASKED_AT_ONCE) {
    const found = await Promise.all(locals.slice(at, at + ASKED_AT_ONCE).map((code) => store.search({ type: 'Observation', where: [{ kind: 'token', param: 'combo-code', anyOf: [{ system, code }] }, ofSource], sort: [], limit: 1 })));
    seen += found.filter(({ items }) => items.length > 0).length;
  }
  return seen;
}
