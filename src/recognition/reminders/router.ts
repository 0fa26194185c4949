import { Router } from 'express';
import { ServiceError } from '../../errors.ts';
import { authenticate, callerOf } from '../../http/authenticate.ts';
import { baseUrlOf } from '../../http/base-url.ts';
import { readBody } from '../../http/body.ts';
import { methodNotAllowed } from '../../http/error-handler.ts';
import { bodyType } from '../../http/media-type.ts';
import { limitTime } from '../../http/time-limit.ts';
import type { Services } from '../../services.ts';
import { verifyClient } from '../cds-hooks/verify-client.ts';
import { answerReminder } from './answer-reminder.ts';

const XML_TYPES: ReadonlySet<string> = new Set(['application/xml', 'text/xml']);

/** Reminders after WS/T 790.18, to be mounted at `/recognition/reminders`. */
export function remindersRouter(services: Services): Router {
  const router = Router({ caseSensitive: true });
  const known = authenticate(services, (token, req) => verifyClient(services, token, [`${baseUrlOf(services.config, req)}/recognition/reminders`]));
  router.route('/').post(limitTime(services.config.limits.reminderMs), known, async (req, res) => {
    if (!XML_TYPES.has(bodyType(req.headers))) throw new ServiceError('unsupported-media', 'Content-Type of the body must be application/xml or text/xml');
    const answer = await answerReminder(services, callerOf(res), await readBody(services, req, res, services.config.limits.resourceBytes));
    if (!res.headersSent) res.type('application/xml; charset=utf-8').send(answer);
  }).all(methodNotAllowed('POST'));
  return router;
}
