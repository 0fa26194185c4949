import type { Config } from './config.ts';
import type { Services } from './services.ts';

/** Of each name, who was the last to come. By the configuration, which all parts of a process share. */
const lines = new WeakMap<Config, Map<string, Promise<unknown>>>();

/**
 * Lets work that shares a name follow one another within this process, in the order in which it came, where it would only
 * meet in the store. Each joins all of its lines at once, so that none waits for one that waits for it.
 */
export async function inLine<T>({ config }: Pick<Services, 'config'>, names: readonly string[], work: () => Promise<T>): Promise<T> {
  const last = lines.get(config) ?? new Map<string, Promise<unknown>>();
  lines.set(config, last);
  const before = names.flatMap((name) => last.get(name) ?? []);
  const { promise: left, resolve: leave } = Promise.withResolvers<undefined>();
  for (const name of names) last.set(name, left);
  await Promise.all(before);
  try {
    return await work();
  } finally {
    for (const name of names) if (last.get(name) === left) last.delete(name);
    leave(undefined);
  }
}
