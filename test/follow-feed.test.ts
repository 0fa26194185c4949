import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FeedConsumer } from '../src/follow-feed.ts';
import { followFeed } from '../src/follow-feed.ts';
import { openServices } from '../src/open-services.ts';
import type { Services } from '../src/services.ts';
import type { TestServer } from './http/server.ts';
import { startServer, STORES } from './http/server.ts';

describe.each(STORES)('following the feed on $name', ({ fresh }) => {
  let server: TestServer;
  let beside: Services;
  beforeAll(async () => {
    server = await startServer(fresh());
    beside = await openServices({ ...server.services.config }, 'test-2');
  });
  afterAll(async () => {
    await beside.store.close();
    await server.stop();
  });

  const put = async (from: number, to: number, type = 'Basic'): Promise<void> => {
    for (let at = from; at < to; at++) await server.services.store.commit([{ kind: 'put', resource: { resourceType: type, id: `b${at}` } }]);
  };
  const worker = (name: string, signal = new AbortController().signal) => ({ name, signal, share: 1 });

  it('hands over each change once in its order, and nothing of other types, across restarts', async () => {
    const seen: string[] = [];
    const consumer: FeedConsumer = { name: 'once', types: ['Basic'], handle: (items) => { seen.push(...items.map(({ id }) => id)); return Promise.resolve(); } };
    await put(0, 230);
    await put(0, 5, 'Flag');
    expect(await followFeed(server.services, consumer, worker('one'))).toBe(230);
    await put(230, 235);
    expect(await followFeed(server.services, consumer, worker('one'))).toBe(5);
    expect(await followFeed(server.services, consumer, worker('one'))).toBe(0);
    expect(seen).toEqual(Array.from({ length: 235 }, (_, at) => `b${at}`));
  });

  it('lets one gateway work, and another take over when that one is gone', async () => {
    const seen: string[] = [];
    const consumer = (by: string): FeedConsumer => ({ name: 'leased', types: ['Basic'], handle: (items) => { seen.push(...items.map(({ id }) => `${by} ${id}`)); return Promise.resolve(); } });
    await followFeed(server.services, consumer('one'), worker('one'));
    await put(300, 303);
    expect(await followFeed(beside, consumer('two'), worker('two'))).toBe(0);
    expect(await followFeed({ ...beside, clock: () => new Date(Date.now() + 31_000) }, consumer('two'), worker('two'))).toBe(3);
    expect(seen.slice(-3)).toEqual(['two b300', 'two b301', 'two b302']);
  });

  it('brings a page again whose handling failed or was cut off, and misses none of it', async () => {
    const seen: string[] = [];
    const stopping = new AbortController();
    let failures = 0;
    const consumer: FeedConsumer = {
      name: 'failing', types: ['Basic'],
      handle: (items, signal) => {
        if (failures++ === 0) return Promise.reject(new Error('store gone'));
        if (failures === 2) stopping.abort();
        if (!signal.aborted) seen.push(...items.map(({ id }) => id));
        return Promise.resolve();
      },
    };
    await expect(followFeed(server.services, consumer, worker('one'))).rejects.toThrow('store gone');
    expect(await followFeed(server.services, consumer, worker('one', stopping.signal))).toBe(0);
    await followFeed(server.services, consumer, worker('one'));
    expect(seen.length).toBe(new Set(seen).size);
    expect(seen).toContain('b302');
    expect(seen.length).toBe(238);
  });
});
