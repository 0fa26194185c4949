import express from 'express';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { dispatch } from '../../src/http/dispatch.ts';

const app = express();
app.use('/api', dispatch([
  { path: '/', methods: { GET: (_req, res) => void res.json({ at: 'root' }) } },
  { path: '/_search', methods: { POST: (_req, res) => void res.json({ at: 'search' }) } },
  { path: '/:type', methods: { GET: (req, res) => void res.json({ at: 'type', ...req.params }) }, others: (_req, res) => void res.status(405).end() },
  { path: '/:type/:id/_history', methods: { GET: (req, res) => void res.json({ at: 'history', ...req.params }) } },
  { path: '/:type/:id', methods: { GET: async () => Promise.reject(new Error('no')) } },
]));
app.use((_req, res) => void res.status(404).end());
app.use(((error, _req, res, _next) => void res.status(error instanceof URIError ? 400 : 500).end()) satisfies express.ErrorRequestHandler);

describe('the dispatch of routes', () => {
  it.each([
    ['/api', { at: 'root' }],
    ['/api/', { at: 'root' }],
    ['/api?a=/b/c', { at: 'root' }],
    ['/api/Patient', { at: 'type', type: 'Patient' }],
    ['/api/Patient/?a=1', { at: 'type', type: 'Patient' }],
    ['/api/a%2Fb', { at: 'type', type: 'a/b' }],
    ['/api/_search', { at: 'type', type: '_search' }],
    ['/api/Patient/p%201/_history', { at: 'history', type: 'Patient', id: 'p 1' }],
  ])('answers GET %s', async (address, expected) => {
    const { status, body } = await request(app).get(address);
    expect([status, body]).toEqual([200, expected]);
  });

  it('lets the first route that fits and has the method answer', async () => {
    const { body } = await request(app).post('/api/_search');
    expect(body).toEqual({ at: 'search' });
  });

  it('answers HEAD as GET', async () => {
    const { status, text } = await request(app).head('/api/Patient');
    expect([status, text]).toEqual([200, undefined]);
  });

  it.each([['OPTIONS', 405], ['PATCH', 405]] as const)('lets others answer %s', async (method, expected) => {
    const { status } = method === 'PATCH' ? await request(app).patch('/api/Patient') : await request(app).options('/api/Patient');
    expect(status).toBe(expected);
  });

  it.each(['/api/Patient/p1/_History', '/api//p1', '/api/Patient/p1/_history/1', '/api/Patient//'])('leaves GET %s to what comes after', async (address) => {
    const { status } = await request(app).get(address);
    expect(status).toBe(404);
  });

  it('passes a percent sign that spells nothing, and what a handler rejects with, to the error handler', async () => {
    const statuses = await Promise.all(['/api/%E0%A4', '/api/Patient/p1'].map(async (address) => (await request(app).get(address)).status));
    expect(statuses).toEqual([400, 500]);
  });
});
