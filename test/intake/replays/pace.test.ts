import { describe, expect, it } from 'vitest';
import { Pace } from '../../../src/intake/replays/pace.ts';

describe('the pace of a replay', () => {
  it('lets no more begin in a time than its rate allows', async () => {
    const pace = new Pace(100, new AbortController().signal);
    const start = performance.now();
    for (let times = 0; times < 11; times++) await pace.wait();
    expect(performance.now() - start).toBeGreaterThanOrEqual(95);
  });

  it('keeps nobody waiting who is to stop', async () => {
    const stopping = new AbortController();
    const pace = new Pace(0.001, stopping.signal);
    await pace.wait();
    const waiting = pace.wait();
    stopping.abort();
    await waiting;
    await pace.wait();
  });
});
