import type { Caller } from '../../access/index.ts';
import { authorize } from '../../access/index.ts';
import { recordTrace } from '../../audit/index.ts';
import type { Clause } from '../../fhir/search/query.ts';
import type { ClaimFigures } from '../../http/metrics.ts';
import { sourceUri } from '../../normalize/index.ts';
import type { Services } from '../../services.ts';
import { ITEM_SYSTEM } from '../../terminology/index.ts';

/** Counting many results takes its time, and the figures change slowly. */
const KEPT_MS = 60_000;
const ASKED_AT_ONCE = 8;
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
  const count = (...where: readonly Clause[]): Promise<number> => store.count({ type: 'Observation', where: [...where, ofSource] });
  if (await count(claimed('true', 'false')) === 0) return [];
  const figures: ClaimFigures[] = [];
  const items = [...codes.items.keys()];
  for (let at = 0; at < items.length; at += ASKED_AT_ONCE) {
    figures.push(...await Promise.all(items.slice(at, at + ASKED_AT_ONCE).map(async (item): Promise<ClaimFigures> => {
      const ofItem: Clause = { kind: 'token', param: 'code', anyOf: [{ system: ITEM_SYSTEM, code: item }] };
      const [agreeing, withoutCertificate, notClaimed] = [await count(claimed('true'), ofItem), await count(claimed('false'), ofItem), await count(ofItem, ...MARKED_SILENTLY)];
      return { source, item, agreeing, withoutCertificate, notClaimed };
    })));
  }
  return figures.filter(({ agreeing, withoutCertificate, notClaimed }) => agreeing + withoutCertificate + notClaimed > 0);
}

/** By whether a certificate held. */
function claimed(...held: readonly ('true' | 'false')[]): Clause {
  return { kind: 'token', param: 'mark-claim', anyOf: held.map((code) => ({ code })) };
}

const MARKED_SILENTLY: readonly Clause[] = [
  { kind: 'missing', param: 'recognition-mark', of: 'token', isMissing: false },
  { kind: 'missing', param: 'mark-claim', of: 'token', isMissing: true },
];
