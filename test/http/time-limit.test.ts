import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import express from 'express';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorHandler } from '../../src/http/error-handler.ts';
import { beginTimeAnew, limitTime } from '../../src/http/time-limit.ts';

const LIMIT_MS = 1_000;
const PIECE_MS = 100;
const PIECES = 15;

const app = express();
app.use(limitTime(LIMIT_MS));
for (const [address, isInPieces] of [['/at-once', false], ['/in-pieces', true]] as const) {
  app.get(address, async (_req, res) => {
    for (let piece = 0; piece < PIECES; piece++) {
      await pause(PIECE_MS);
      if (isInPieces) beginTimeAnew(res);
    }
    if (!res.headersSent) res.send('done');
  });
}
app.use(errorHandler(pino({ level: 'silent' })));

let server: Server;
let url: string;
beforeAll(async () => {
  server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

describe('A request that takes longer than allowed', () => {
  it('is answered in time', async () => {
    const response = await fetch(`${url}/at-once`);
    expect(response.status).toBe(503);
    expect(await response.text()).toContain(`longer than ${LIMIT_MS} ms`);
  });

  it('is answered with its result when each piece of it keeps to the limit', async () => {
    const response = await fetch(`${url}/in-pieces`);
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('done');
  });
});
