/** Bare Express 5: the ceiling that every figure of the gateway is compared with. */
import express from 'express';
import { observation } from './observation.ts';

const body = Buffer.from(JSON.stringify(observation('p1', '14749-6', 1)));
const app = express();
app.disable('etag');
app.disable('x-powered-by');
app.get('/fhir/Observation/:id', (_req, res) => void res.writeHead(200, { 'Content-Type': 'application/fhir+json', 'Content-Length': body.length }).end(body));
app.post('/fhir/Observation', express.raw({ type: '*/*', limit: '5mb' }), (req, res) => {
  const echo = req.body as Buffer;
  res.writeHead(201, { 'Content-Type': 'application/fhir+json', 'Content-Length': echo.length }).end(echo);
});
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object') console.log(`echo at http://127.0.0.1:${address.port}`);
});
process.once('SIGTERM', () => process.exit(0));
