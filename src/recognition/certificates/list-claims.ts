import type { Caller } from '../../access/index.ts';
import { authorize } from '../../access/index.ts';
import { recordTrace } from '../../audit/index.ts';
import type { Clause } from '../../fhir/search/query.ts';
import type { ClaimFigures } from '../../http/metrics.ts';
import { sourceUri } from '../../normalize/index.ts';
import type { Services } from '../../services.ts';
import { ITEM_SYSTEM } from '../../terminology/index.ts';

/** How many results there are under these conditions, and those it was made with. */
type Count = (...where: readonly Clause[]) => Promise<number>;

/** Counting many results takes its time, and the figures change slowly. */
const KEPT_MS = 60_000;
const ASKED_TOGETHER = 8;
const kept = new WeakMap<Services['recognition'], Map<string, { readonly at: number; readonly figures: readonly ClaimFigures[] }>>();

/**
 * Where claims and certificates differ, or agree, for each item that a source claims for or could. A source that never claims has
 * no entry. Figures may be a minute old.
 *
 * @throws ServiceError 'forbidden'
 */
export async function listClaims(services: Services, caller: Caller, { source }: { readonly source?: string | undefined }): Promise<readonly ClaimFigures[]> {
  await authorize(services, caller, { action: 'recognition-read' });
  const figures = await figuresOfClaims(services, source);
  await recordTrace(services, caller, { action: 'search', interaction: 'recognition-read', outcome: 'success', query: `claims${source === undefined ? '' : `?source=${encodeURIComponent(source)}`}` });
  return figures;
}

/** The same for whoever watches the exchange. */
export async function figuresOfClaims(services: Services, source?: string): Promise<readonly ClaimFigures[]> {
  const asked = [...services.sources.keys()].filter((id) => source === undefined || id === source).sort();
  const figures: ClaimFigures[] = [];
  for (const id of asked) figures.push(...await keptFigures(services, id));
  return figures;
}

async function keptFigures(services: Services, source: string): Promise<readonly ClaimFigures[]> {
  const ofProcess = kept.get(services.recognition) ?? new Map<string, { readonly at: number; readonly figures: readonly ClaimFigures[] }>();
  kept.set(services.recognition, ofProcess);
  const now = services.clock().getTime();
  const last = ofProcess.get(source);
  if (last !== undefined && now - last.at < KEPT_MS) return last.figures;
  const figures = await countClaims(services, source);
  ofProcess.set(source, { at: now, figures });
  return figures;
}

async function countClaims({ store, codes }: Services, source: string): Promise<readonly ClaimFigures[]> {
  const ofSource: Clause = { kind: 'uri', param: '_source', match: 'exact', anyOf: [sourceUri(source)] };
  const counting = (...of: readonly Clause[]): Count => (...where) => store.count({ type: 'Observation', where: [...of, ...where, ofSource] });
  if (await counting(claimed('true', 'false'))() === 0) return [];
  const items = [...codes.items.keys()];
  const [agreeing, without, silent] = [await byItem(counting(claimed('true')), items), await byItem(counting(claimed('false')), items), await byItem(counting(...MARKED_SILENTLY), items)];
  return items.filter((item) => [agreeing, without, silent].some((counts) => counts.has(item))).map((item) => ({
    source, item, agreeing: agreeing.get(item) ?? 0, withoutCertificate: without.get(item) ?? 0, notClaimed: silent.get(item) ?? 0,
  }));
}

/** Counts results of each item that has any. A source claims for few of the many items, so several are asked about together before each alone. */
async function byItem(count: Count, items: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  if (await count() === 0) return counts;
  for (let at = 0; at < items.length; at += ASKED_TOGETHER) {
    const group = items.slice(at, at + ASKED_TOGETHER);
    if (await count(ofItems(group)) === 0) continue;
    const counted = await Promise.all(group.map(async (item) => ({ item, results: await count(ofItems([item])) })));
    for (const { item, results } of counted) if (results > 0) counts.set(item, results);
  }
  return counts;
}

function ofItems(items: readonly string[]): Clause {
  return { kind: 'token', param: 'code', anyOf: items.map((code) => ({ system: ITEM_SYSTEM, code })) };
}

/** By whether a certificate held. */
function claimed(...held: readonly ('true' | 'false')[]): Clause {
  return { kind: 'token', param: 'mark-claim', anyOf: held.map((code) => ({ code })) };
}

const MARKED_SILENTLY: readonly Clause[] = [
  { kind: 'missing', param: 'recognition-mark', of: 'token', isMissing: false },
  { kind: 'missing', param: 'mark-claim', of: 'token', isMissing: true },
];
