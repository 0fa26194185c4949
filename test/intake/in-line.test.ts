import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { inLine } from '../../src/in-line.ts';

describe('work in line', () => {
  it('never overlaps with other work of one of its names, keeps its order, and always comes to its end', async () => {
    const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 4 });
    await fc.assert(fc.asyncProperty(fc.array(fc.record({ names, turns: fc.nat(3), fails: fc.boolean() }), { maxLength: 12 }), async (jobs) => {
      const services = { config: readConfig({}) };
      const busy = new Set<string>();
      const order = new Map<string, number[]>();
      const ends = await Promise.allSettled(jobs.map((job, at) => inLine(services, job.names, async () => {
        for (const name of job.names) {
          expect(busy.has(name)).toBe(false);
          busy.add(name);
          order.set(name, [...order.get(name) ?? [], at]);
        }
        for (let turn = 0; turn < job.turns; turn++) await nextTurn();
        for (const name of job.names) busy.delete(name);
        if (job.fails) throw new RangeError('as it was told to');
        return at;
      })));
      expect(ends.map((end) => (end.status === 'fulfilled' ? end.value : end.reason instanceof RangeError))).toEqual(jobs.map((job, at) => (job.fails ? true : at)));
      for (const ofName of order.values()) expect(ofName).toEqual([...ofName].sort((a, b) => a - b));
    }));
  });
});
