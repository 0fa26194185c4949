import http from 'node:http';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BodyBudget } from '../../src/body-budget.ts';
import { startServer } from './server.ts';
import { organization } from './samples.ts';

describe('the memory for request bodies', () => {
  it('lets a request wait until there is room, in the order they came', async () => {
    const budget = new BodyBudget(100);
    const order: string[] = [];
    const held = await budget.take(80);
    const large = budget.take(60).then((share) => { order.push('large'); return share; });
    const small = budget.take(10).then((share) => { order.push('small'); return share; });
    expect(budget.held).toBe(80);
    budget.give(held);
    expect(await Promise.all([large, small])).toEqual([60, 10]);
    expect(order).toEqual(['large', 'small']);
  });

  it('refuses a request for which no room comes, and lets those behind it pass', async () => {
    const budget = new BodyBudget(100, 20);
    await budget.take(80);
    const refused = budget.take(60);
    const behind = budget.take(10);
    await expect(refused).rejects.toMatchObject({ kind: 'unavailable' });
    expect(await behind).toBe(10);
  });

  it('gives a body larger than all of it the whole', async () => {
    expect(await new BodyBudget(100).take(1000)).toBe(100);
  });

  it('is never overdrawn and comes back whole, whatever is asked', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.nat(150), { maxLength: 30 }), async (sizes) => {
      const budget = new BodyBudget(100);
      await Promise.all(sizes.map(async (bytes) => {
        const share = await budget.take(bytes);
        expect(budget.held).toBeLessThanOrEqual(100);
        await Promise.resolve();
        budget.give(share);
      }));
      expect(budget.held).toBe(0);
    }));
  });

  it('is not taken from others by those who only announce a long body', async () => {
    const server = await startServer({ BUND_LIMIT_BODY_BYTES_IN_FLIGHT: '8000000', BUND_LIMIT_RESOURCE_BYTES: '5000000' });
    const { hostname, port } = new URL(server.url);
    const strangers = Array.from({ length: 5 }, () => {
      const request = http.request({ hostname, port, method: 'POST', path: '/fhir/Organization', headers: { Authorization: `Bearer ${server.token('system')}`, 'Content-Type': 'application/fhir+json', 'Content-Length': '4900000' } });
      request.on('error', () => undefined);
      request.write('{');
      return request;
    });
    await expect.poll(async () => (await (await fetch(`${server.url}/metrics`)).text()).includes('bund_body_bytes 5000000\n')).toBe(true);
    const long = JSON.stringify(organization({ alias: ['x', 'y', 'z'].map((letter) => letter.repeat(400_000)) }));
    expect((await server.fhir('POST', '/Organization', long)).status).toBe(201);
    strangers.forEach((request) => request.destroy());
    await expect.poll(async () => (await (await fetch(`${server.url}/metrics`)).text()).includes('bund_body_bytes 0\n')).toBe(true);
    await server.stop();
  });

  it('takes in a body larger than all of it, announced or not', async () => {
    const server = await startServer({ BUND_LIMIT_BODY_BYTES_IN_FLIGHT: '1000000', BUND_LIMIT_RESOURCE_BYTES: '5000000' });
    const long = JSON.stringify(organization({ alias: Array.from({ length: 8 }, (_, at) => String(at).repeat(400_000)) }));
    expect((await server.fhir('POST', '/Organization', long)).status).toBe(201);
    const chunked = await fetch(`${server.url}/fhir/Organization`, { method: 'POST', body: new Blob([long]).stream(), duplex: 'half', headers: { Authorization: `Bearer ${server.token('system')}`, 'Content-Type': 'application/fhir+json' } });
    expect(chunked.status).toBe(201);
    await server.stop();
  });

  it('is given back by every request, also by one that was refused', async () => {
    const server = await startServer({ BUND_LIMIT_BODY_BYTES_IN_FLIGHT: '1000000', BUND_LIMIT_RESOURCE_BYTES: '500000' });
    const long = JSON.stringify(organization({ alias: ['x'.repeat(400_000)] }));
    const answers = await Promise.all(Array.from({ length: 12 }, (_, n) => server.fhir('POST', '/Organization', n % 2 === 0 ? long : `${long}}`)));
    expect(answers.map((answer) => answer.status)).toEqual(answers.map((_, n) => (n % 2 === 0 ? 201 : 400)));
    await expect.poll(async () => (await (await fetch(`${server.url}/metrics`)).text()).includes('bund_body_bytes 0\n')).toBe(true);
    await server.stop();
  });
});
