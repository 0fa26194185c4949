import { isUtf8 } from 'node:buffer';
import { Router } from 'express';
import type { RequestHandler, Response } from 'express';
import type { IncomingHttpHeaders } from 'node:http';
import { isServiceError, ServiceError } from '../errors.ts';
import { authenticate, callerOf } from '../http/authenticate.ts';
import { readBody } from '../http/body.ts';
import { methodNotAllowed } from '../http/error-handler.ts';
import { bodyType, requireJsonAccepted, requireJsonBody } from '../http/media-type.ts';
import { RESPONSES } from '../http/outcome.ts';
import { pathParameter } from '../http/path-parameter.ts';
import { isOver, send } from '../http/send.ts';
import { beginTimeAnew } from '../http/time-limit.ts';
import { listRequest } from '../http/list-request.ts';
import type { Services } from '../services.ts';
import { deadLettersRouter } from './dead-letters/router.ts';
import type { V2Acknowledgement } from './hl7v2/receive-v2.ts';
import { receiveV2Body } from './hl7v2/receive-v2.ts';
import type { Answer } from './inbox.ts';
import { listMessages, readMessageDetail } from './list-messages.ts';
import { receiveMessage } from './receive-message.ts';
import type { Format } from './records.ts';
import { MESSAGE_STATUSES } from './records.ts';
import { rehearseMessage } from './rehearsal/rehearse-message.ts';
import { replayMessage } from './replay-message.ts';
import { replaysRouter } from './replays/router.ts';
import { receiveTable } from './table/receive-table.ts';
import { answerOf } from './table/table-receipt.ts';
import { sourcesRouter } from './watch/router.ts';

/** Id of the message in the inbox, on every answer to a push. */
const INBOX_ID = 'X-Intake-Message';
/** `true` on the first answer given once more. */
const IS_REPEAT = 'X-Intake-Repeat';

/** The intake over HTTP: sources push, operators look after what was refused. */
export function intakeRouter(services: Services): Router {
  const router = Router({ caseSensitive: true });
  router.use(authenticate(services));
  router.route('/messages')
    .get(list(services))
    .all(methodNotAllowed('GET'));
  router.route('/messages/:id')
    .get(async (req, res) => {
      const { message, answer } = await readMessageDetail(services, callerOf(res), pathParameter(req, 'id'));
      const answered: unknown = answer === undefined ? undefined : JSON.parse(answer);
      res.json({ message, answer: answered });
    })
    .all(methodNotAllowed('GET'));
  router.route('/messages/:id/replay')
    .post(async (req, res) => sendAnswer(res, await replayMessage(services, callerOf(res), pathParameter(req, 'id'))))
    .all(methodNotAllowed('POST'));
  router.use('/dead-letters', deadLettersRouter(services));
  router.use('/replays', replaysRouter(services));
  router.use('/sources', sourcesRouter(services));
  router.route('/:source/$rehearse')
    .post(rehearse(services))
    .all(methodNotAllowed('POST'));
  router.route('/:source')
    .post(push(services))
    .all(methodNotAllowed('POST'));
  return router;
}

/** What the body of a push may be, by its media type. JSON is checked further where it is read. */
const FORMATS_BY_TYPE: ReadonlyMap<string, Format> = new Map([
  ['application/hl7-v2', 'hl7v2'], ['x-application/hl7-v2+er7', 'hl7v2'],
  ['application/xml', 'cda'], ['text/xml', 'cda'],
  ['text/csv', 'csv'], ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'xlsx'],
]);

function push(services: Services): RequestHandler {
  return async (req, res) => {
    const format = FORMATS_BY_TYPE.get(bodyType(req.headers));
    const body = (): Promise<Buffer> => readBody(services, req, res, services.config.limits.bundleBytes);
    const source = pathParameter(req, 'source');
    if (format === 'hl7v2') return sendV2(res, await receiveV2Body(services, callerOf(res), source, body));
    requireJsonAccepted(req.headers, undefined);
    if (format === undefined) requireFormat(req.headers);
    const messageId = req.get('X-Message-Id');
    if (format === 'csv' || format === 'xlsx') {
      const table = await receiveTable(services, callerOf(res), { source, format, fileName: fileNameIn(messageId), chunks: () => inPieces(body, format === 'csv' ? PIECE_BYTES : Infinity), onPart: () => beginTimeAnew(res) });
      return sendAnswer(res, answerOf(table), { ...(table.inboxId === undefined ? {} : { [INBOX_ID]: table.inboxId }), ...(table.isRepeat ? { [IS_REPEAT]: 'true' } : {}) });
    }
    const receipt = await receiveMessage(services, callerOf(res), { source, messageId, format: format ?? 'fhir', body });
    await sendAnswer(res, receipt, { [INBOX_ID]: receipt.inboxId, ...(receipt.isRepeat ? { [IS_REPEAT]: 'true' } : {}) });
  };
}

/** The name of a file, which many tools put into a header as UTF-8 and others percent-encode; a header itself is read as Latin-1. */
function fileNameIn(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const bytes = Buffer.from(header, 'latin1');
  const name = isUtf8(bytes) ? bytes.toString('utf8') : header;
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** So much of a CSV table is decoded at a time; a workbook is opened as a whole. */
const PIECE_BYTES = 1_000_000;

async function* inPieces(body: () => Promise<Buffer>, size: number): AsyncGenerator<Buffer> {
  const bytes = await body();
  for (let from = 0; from === 0 || from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

/** @throws ServiceError 'unsupported-media' */
function requireFormat(headers: IncomingHttpHeaders): void {
  try {
    requireJsonBody(headers);
  } catch (error) {
    if (!isServiceError(error, 'unsupported-media') || bodyType(headers).endsWith('json')) throw error;
    throw new ServiceError('unsupported-media', `Content-Type of a push is application/fhir+json, application/json, ${[...FORMATS_BY_TYPE.keys()].join(', ')}`);
  }
}

/** Acknowledgements, one after another. A status other than 200 is that of the gravest. */
function sendV2(res: Response, answers: readonly V2Acknowledgement[]): void {
  const codes = answers.map(({ code }) => code);
  const status = codes.includes('AR') ? 400 : codes.includes('AE') ? 422 : 200;
  if (isOver(res)) return;
  res.status(status).type('application/hl7-v2').end(Buffer.concat(answers.map(({ text }) => text)));
}

function rehearse(services: Services): RequestHandler {
  return async (req, res) => {
    requireJsonAccepted(req.headers, undefined);
    const format = FORMATS_BY_TYPE.get(bodyType(req.headers));
    if (format === undefined) requireFormat(req.headers);
    const body = (): Promise<Buffer> => readBody(services, req, res, services.config.limits.bundleBytes);
    const sent = req.get('X-Message-Id');
    const messageId = format === 'csv' || format === 'xlsx' ? fileNameIn(sent) : sent;
    res.json(await rehearseMessage(services, callerOf(res), { source: pathParameter(req, 'source'), messageId, format: format ?? 'fhir', body }));
  };
}

function list(services: Services): RequestHandler {
  return async (req, res) => {
    const { filters, page, nextLink } = listRequest(services, req, res, ['status', 'source', 'message-id', 'unmapped', 'reason']);
    const sent = filters.get('status');
    const status = MESSAGE_STATUSES.find((known) => known === sent);
    if (status !== sent) throw new ServiceError('malformed', `status may be ${MESSAGE_STATUSES.join(', ')}`);
    const filter = { status, source: filters.get('source'), messageId: filters.get('message-id'), unmapped: filters.get('unmapped'), reason: filters.get('reason') };
    const { messages, next } = await listMessages(services, callerOf(res), filter, page);
    res.json({ messages, next: nextLink(next) });
  };
}

function sendAnswer(res: Response, { refusedAs, body }: Answer, headers: Readonly<Record<string, string>> = {}): Promise<void> {
  return send(res, { status: refusedAs === undefined ? 200 : RESPONSES[refusedAs].status, headers, body });
}
