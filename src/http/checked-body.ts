import type { Request, Response } from 'express';
import type { z } from 'zod';
import { ServiceError } from '../errors.ts';
import { parseJson } from '../fhir/json.ts';
import type { Services } from '../services.ts';
import { readBody } from './body.ts';
import { requireJsonBody } from './media-type.ts';

/** The JSON body of a request that is no FHIR, of the form that it must have. @throws ServiceError 'invalid' that names each element at fault */
export async function checkedBody<T>(services: Services, req: Request, res: Response, schema: z.ZodType<T>): Promise<T> {
  requireJsonBody(req.headers);
  const bytes = await readBody(services, req, res, services.config.limits.resourceBytes);
  const parsed = schema.safeParse(parseJson(bytes.toString('utf8')));
  if (parsed.success) return parsed.data;
  throw new ServiceError('invalid', 'The body cannot be used', parsed.error.issues.map((issue) => ({
    severity: 'error', code: 'invalid', diagnostics: `${issue.path.join('.') || 'The body'}: ${issue.message}`, expression: issue.path.join('.') || '$this',
  })));
}
