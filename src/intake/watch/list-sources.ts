import type { Caller } from '../../access/index.ts';
import { authorize } from '../../access/index.ts';
import { recordTrace } from '../../audit/index.ts';
import type { Clause } from '../../fhir/search/query.ts';
import { referenceTo } from '../../fhir/resource.ts';
import type { Services } from '../../services.ts';
import { UNMAPPED_TYPE } from '../../terminology/index.ts';
import { MESSAGE_TYPE } from '../records.ts';
import { channelsOf, deviceKey, endpointKey } from '../source-resources.ts';
import type { Source } from '../source.ts';
import { sourceOf } from '../source-of.ts';
import { overallScore } from './quality.ts';
import { judgeSource } from './read-quality.ts';
import type { SourceWatch } from './watch-source.ts';
import { watchSource } from './watch-source.ts';

/** A source as its operator sees it. */
export interface SourceSummary extends SourceWatch {
  readonly id: string;
  readonly name: string;
  readonly organization: { readonly reference: string; readonly name: string };
  readonly device: string;
  readonly channels: readonly { readonly kind: string; readonly endpoint: string; readonly address: string }[];
  /** Messages that are refused now, in whole. */
  readonly deadLetters: number;
  /** Codes and units that were met without a mapping; which of them still are is in their list. */
  readonly unmappedSeen: number;
  /** 0 to 1; undefined of a source that sent nothing to judge it by. */
  readonly quality: number | undefined;
}

/** Every source, or a source itself. @throws ServiceError 'forbidden' */
export async function listSources(services: Services, caller: Caller): Promise<readonly SourceSummary[]> {
  await authorize(services, caller, { action: 'intake-list', ...(caller.source === undefined ? {} : { source: caller.source }) });
  const sources = [...services.sources.values()].filter(({ id }) => caller.source === undefined || id === caller.source);
  const summaries = await Promise.all(sources.map((source) => summaryOf(services, source)));
  await recordTrace(services, caller, { action: 'search', interaction: 'intake-list', outcome: 'success', query: 'sources' });
  return summaries;
}

/** @throws ServiceError 'forbidden' unless the caller is this source or an operator; 'not-found' */
export async function readSource(services: Services, caller: Caller, id: string): Promise<SourceSummary> {
  await authorize(services, caller, { action: 'intake-list', source: id });
  const summary = await summaryOf(services, sourceOf(services, id));
  await recordTrace(services, caller, { action: 'search', interaction: 'intake-list', outcome: 'success', query: `sources/${id}` });
  return summary;
}

async function summaryOf(services: Services, source: Source): Promise<SourceSummary> {
  const ofSource: Clause = { kind: 'token', param: 'source', anyOf: [{ code: source.id }] };
  const [watch, quality, deadLetters, unmappedSeen] = await Promise.all([
    watchSource(services, source), judgeSource(services, source), countDeadLetters(services, source), services.store.count({ type: UNMAPPED_TYPE, where: [ofSource] }),
  ]);
  const score = overallScore(quality);
  return {
    id: source.id,
    name: source.name,
    organization: { reference: `Organization/${source.organization.id}`, name: source.organization.name },
    device: referenceTo(deviceKey(source)),
    channels: channelsOf(source, services.config).map((channel) => ({ ...channel, endpoint: referenceTo(endpointKey(source, channel)) })),
    ...watch,
    deadLetters,
    unmappedSeen,
    quality: score === undefined ? undefined : Math.round(score * 10_000) / 10_000,
  };
}

export function countDeadLetters({ store }: Services, { id }: Source): Promise<number> {
  return store.count({ type: MESSAGE_TYPE, where: [{ kind: 'token', param: 'status', anyOf: [{ system: id, code: 'refused' }] }] });
}
