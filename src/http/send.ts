import type { Response } from 'express';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { operationOutcome } from '../fhir/outcome.ts';
import type { Issue } from '../fhir/outcome.ts';
import { FHIR_JSON } from './media-type.ts';

/** An answer as it goes over the wire. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, as text or in UTF-8; absent for an answer without a body. */
  readonly body?: string | Buffer;
}

/** Below this size packing costs more than it saves. */
const PACK_FROM = 4_096;
/** Level 1 is three times as fast as the default and packs FHIR JSON nearly as small. */
const pack = promisify(gzip);

/** Sends an answer in one piece with its length, packed for a client that takes gzip. An answer that comes after the time limit has already answered is dropped. */
export async function send(res: Response, reply: Reply): Promise<void> {
  if (isOver(res)) return;
  const { status, headers, body } = reply;
  if (body === undefined) {
    res.writeHead(status, { ...headers, ...(status === 204 || status === 304 ? {} : { 'Content-Length': 0 }) }).end();
    return;
  }
  const packed = body.length >= PACK_FROM && takesGzip(res) ? await pack(body, { level: 1 }) : undefined;
  if (isOver(res)) return;
  const sent = packed ?? body;
  const encoding = packed === undefined ? {} : { 'Content-Encoding': 'gzip' };
  const fixed = { 'Content-Type': FHIR_JSON, 'Content-Length': Buffer.byteLength(sent), Vary: 'Accept-Encoding' };
  res.writeHead(status, { ...headers, ...fixed, ...encoding }).end(sent);
}

/** Sends issues as an OperationOutcome. */
export function sendIssues(res: Response, status: number, issues: readonly Issue[], headers?: Reply['headers']): Promise<void> {
  return send(res, { status, body: JSON.stringify(operationOutcome(issues)), ...(headers === undefined ? {} : { headers }) });
}

/** True when the time limit has answered already, or the client is gone. */
export function isOver(res: Response): boolean {
  return res.headersSent || res.destroyed;
}

function takesGzip(res: Response): boolean {
  const accepted = res.req.headers['accept-encoding'];
  return accepted !== undefined && /(^|[\s,])gzip\s*(?!;\s*q=0(\.0*)?\s*(,|$))(;|,|$)/.test(accepted);
}
