import { describe, expect, it } from 'vitest';
import { inTurnIfLarge } from '../src/large-bodies.ts';
import type { Services } from '../src/services.ts';

const services = { config: {} } as Services;
const LARGE = 10_000_000;

describe('large bodies', () => {
  it('are worked on one at a time, also after one that failed, while small ones pass', async () => {
    const log: string[] = [];
    const gate = Promise.withResolvers<undefined>();
    const first = inTurnIfLarge(services, LARGE, async () => { log.push('first begins'); await gate.promise; log.push('first ends'); throw new Error('refused'); });
    const second = inTurnIfLarge(services, LARGE, () => { log.push('second'); return Promise.resolve(2); });
    await inTurnIfLarge(services, 10, () => { log.push('small'); return Promise.resolve(0); });
    gate.resolve(undefined);
    await expect(first).rejects.toThrow('refused');
    expect(await second).toBe(2);
    expect(log.indexOf('small')).toBeLessThan(log.indexOf('first ends'));
    expect(log.indexOf('second')).toBeGreaterThan(log.indexOf('first ends'));
  });
});
