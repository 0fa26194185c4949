import type { SourceFigures } from '../../http/metrics.ts';
import type { Services } from '../../services.ts';
import { countDeadLetters } from './list-sources.ts';
import { overallScore } from './quality.ts';
import { judgeSource } from './read-quality.ts';
import { watchSource } from './watch-source.ts';

/** What the metrics tell of each source. A source that cannot be looked at now is left out: the metrics of the gateway itself must be told. */
export async function figuresOfSources(services: Services): Promise<readonly SourceFigures[]> {
  const looked = await Promise.allSettled([...services.sources.values()].map(async (source): Promise<SourceFigures> => {
    const [{ messages, lastMessageAt, quiet, errorBudget }, quality, deadLetters] = await Promise.all([watchSource(services, source), judgeSource(services, source), countDeadLetters(services, source)]);
    const { repeats: _repeats, ...byStatus } = messages.day;
    return {
      source: source.id,
      messages: byStatus,
      deadLetters,
      silentSeconds: lastMessageAt === undefined ? undefined : Math.max(0, (services.clock().getTime() - Date.parse(lastMessageAt)) / 1_000),
      isQuiet: quiet.alarm,
      budgetConsumed: errorBudget.consumed,
      quality: overallScore(quality),
    };
  }));
  return looked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
}
