import type { Services } from '../../services.ts';
import { watchSource } from './watch-source.ts';

/**
 * Tells the log of each feed that fell silent, and of each that came back, once.
 *
 * @param known ids of the sources that were quiet when this was done last
 * @returns those that are quiet now
 */
export async function tellQuietFeeds(services: Services, known: ReadonlySet<string>): Promise<ReadonlySet<string>> {
  const quiet = new Set<string>();
  for (const source of services.sources.values()) {
    const { state, lastMessageAt, quiet: { silentMinutes, expectedIntervalMinutes } } = await watchSource(services, source);
    if (state === 'quiet') quiet.add(source.id);
    if (state === 'quiet' && !known.has(source.id)) services.log.warn({ source: source.id, lastMessageAt, silentMinutes, expectedIntervalMinutes }, 'the feed of a source is silent at a time at which it should not be');
    if (state !== 'quiet' && known.has(source.id)) services.log.info({ source: source.id, lastMessageAt }, 'the feed of a source is back');
  }
  return quiet;
}
