import type { Caller } from '../../access/index.ts';
import { authorize } from '../../access/index.ts';
import { recordTrace } from '../../audit/index.ts';
import type { Config } from '../../config.ts';
import { resourceOf } from '../../fhir/body.ts';
import type { Resource } from '../../fhir/resource.ts';
import { referenceTo } from '../../fhir/resource.ts';
import { sourceUri } from '../../normalize/index.ts';
import type { Services } from '../../services.ts';
import { deviceKey } from '../source-resources.ts';
import type { Source } from '../source.ts';
import { sourceOf } from '../source-of.ts';
import { HOUR_MS, HOURS_A_WEEK } from './hours.ts';
import type { Quality } from './quality.ts';
import { qualityOf } from './quality.ts';
import { qualityReport } from './quality-report.ts';
import { watchSource } from './watch-source.ts';

/** Results by which a source is judged: those that it sent last. */
const SAMPLE = 200;
/** Where the source's description says nothing. */
const TIMELY_MINUTES = 24 * 60;
const STANDS_MS = 60_000;

interface Kept { readonly until: number; readonly quality: Promise<Quality> }
const kept = new WeakMap<Config, Map<string, Kept>>();

/**
 * The quality of the data of a source, as a MeasureReport of the last seven days.
 *
 * @throws ServiceError 'forbidden' unless the caller is this source or an operator; 'not-found'
 */
export async function readQuality(services: Services, caller: Caller, id: string): Promise<Resource> {
  await authorize(services, caller, { action: 'intake-list', source: id });
  const source = sourceOf(services, id);
  const quality = await judgeSource(services, source);
  await recordTrace(services, caller, { action: 'search', interaction: 'intake-list', outcome: 'success', query: `sources/${id}/quality` });
  const now = services.clock().getTime();
  return qualityReport(quality, { device: referenceTo(deviceKey(source)), from: new Date(now - HOURS_A_WEEK * HOUR_MS).toISOString(), to: new Date(now).toISOString() });
}

/** The quality of a source's data, as it was found a minute ago at most. */
export function judgeSource(services: Services, source: Source): Promise<Quality> {
  const known = kept.get(services.config) ?? new Map<string, Kept>();
  kept.set(services.config, known);
  const now = services.clock().getTime();
  const last = known.get(source.id);
  if (last !== undefined && last.until > now && last.until <= now + STANDS_MS) return last.quality;
  const quality = judge(services, source);
  known.set(source.id, { until: now + STANDS_MS, quality });
  quality.catch(() => known.delete(source.id));
  return quality;
}

async function judge(services: Services, source: Source): Promise<Quality> {
  const [{ messages }, sample] = await Promise.all([watchSource(services, source), services.store.search({
    type: 'Observation',
    where: [
      { kind: 'uri', param: '_source', match: 'exact', anyOf: [sourceUri(source.id)] },
      { kind: 'token', param: 'category', anyOf: [{ code: 'laboratory' }] },
    ],
    sort: [], limit: SAMPLE,
  })]);
  // When a corrected result first came is not told by its last version.
  const results = sample.items.map(({ body, lastUpdated, version }) => ({ resource: resourceOf(body), received: version === 1 ? lastUpdated : undefined }));
  return qualityOf(results, messages.week, source.watch?.timelyMinutes ?? TIMELY_MINUTES);
}
