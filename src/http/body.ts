import type { Request, Response } from 'express';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ServiceError } from '../errors.ts';
import type { Services } from '../services.ts';
import { bodyBudgetOf, BodyLease } from '../body-budget.ts';

/** So much memory is reserved for any body at first, then each time twice what has come. */
const FIRST_BYTES = 1_000_000;

/**
 * Reads a whole request body, unpacked if it came as gzip. Its share of the budget is held until the response is done,
 * since the body is in use until then.
 *
 * @param limitBytes of the unpacked body
 * @throws ServiceError 'too-large', 'unsupported-media' for another Content-Encoding, 'malformed' for a broken gzip or a
 *   connection that ended too early, 'unavailable' when there is no memory for it now
 */
export async function readBody(services: Services, req: Request, res: Response, limitBytes: number): Promise<Buffer> {
  const isPacked = isGzip(req);
  const announced = Number(req.headers['content-length'] ?? Number.NaN);
  if (announced > limitBytes) throw tooLarge(req, limitBytes);
  const lease = leaseFor(services, res);
  const mostBytes = isPacked || Number.isNaN(announced) ? limitBytes : announced;
  await cover(lease, Math.min(FIRST_BYTES, mostBytes));
  const stream = isPacked ? req.pipe(createGunzip()) : req;
  // Memory that nothing was written to is promised only.
  const room = isPacked || !(announced >= FIRST_BYTES) ? undefined : Buffer.allocUnsafe(announced);
  return withoutByteOrderMark(await collect(stream, { req, limitBytes, mostBytes, lease, room }));
}

/** Ends with the response. The client may have left before its body was asked for: nothing would end it then. */
function leaseFor(services: Services, res: Response): BodyLease {
  const lease = new BodyLease(bodyBudgetOf(services));
  if (res.closed) lease.end();
  else res.once('close', () => lease.end());
  return lease;
}

/** @throws ServiceError 'malformed' when the client is gone; 'unavailable' */
async function cover(lease: BodyLease, bytes: number): Promise<void> {
  await lease.cover(bytes);
  if (lease.hasEnded) throw cutShort();
}

interface Intake {
  readonly req: Request;
  readonly limitBytes: number;
  /** That the body can have. */
  readonly mostBytes: number;
  readonly lease: BodyLease;
  /** Where a large body of known length goes, so that it is never in memory twice. */
  readonly room: Buffer | undefined;
}

function collect(stream: Readable, { req, limitBytes, mostBytes, lease, room }: Intake): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const refuse = (error: unknown): void => {
      stream.removeAllListeners('data');
      if (stream !== req) stream.destroy();
      req.unpipe().resume();
      reject(error instanceof ServiceError ? error : new ServiceError('malformed', 'The body is not the gzip data that its Content-Encoding announces', [], { cause: error }));
    };
    stream.on('data', (chunk: Buffer) => {
      if (room === undefined) chunks.push(chunk);
      else chunk.copy(room, size);
      size += chunk.length;
      if (size > limitBytes) return refuse(tooLarge(req, limitBytes));
      if (lease.covers(size)) return;
      stream.pause();
      cover(lease, Math.min(2 * size, mostBytes)).then(() => stream.resume(), refuse);
    });
    stream.once('end', () => resolve(room?.subarray(0, size) ?? (chunks.length === 1 ? chunks[0] : undefined) ?? Buffer.concat(chunks, size)));
    stream.once('error', refuse);
    req.once('close', () => { if (!req.complete) refuse(cutShort()); });
  });
}

function cutShort(): ServiceError {
  return new ServiceError('malformed', 'The connection ended before the whole body had come');
}

function isGzip(req: Request): boolean {
  const encoding = req.headers['content-encoding']?.trim().toLowerCase();
  if (encoding === undefined || encoding === '' || encoding === 'identity') return false;
  if (encoding === 'gzip' || encoding === 'x-gzip') return true;
  throw new ServiceError('unsupported-media', 'Content-Encoding of a request may be gzip or identity');
}

/** The rest of the body is read and dropped, so that the client gets to see the answer; the connection is not used again. */
function tooLarge(req: Request, limitBytes: number): ServiceError {
  req.resume();
  return new ServiceError('too-large', `The body is larger than the ${limitBytes} bytes allowed here`);
}

/** Some senders put one before UTF-8 text. @see https://www.rfc-editor.org/rfc/rfc8259#section-8.1 */
function withoutByteOrderMark(body: Buffer): Buffer {
  return body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? body.subarray(3) : body;
}
