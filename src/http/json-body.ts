import type { Request, Response } from 'express';
import type { z } from 'zod';
import { ServiceError } from '../errors.ts';
import { parseJson } from '../fhir/json.ts';
import type { Services } from '../services.ts';
import { readBody } from './body.ts';
import { requireJsonBody } from './media-type.ts';

/**
 * The body of a request that is no FHIR, as its schema has it.
 *
 * @throws ServiceError 'invalid' that names each element at fault
 */
export async function bodyAs<T>(services: Services, req: Request, res: Response, schema: z.ZodType<T>): Promise<T> {
  requireJsonBody(req.headers);
  const bytes = await readBody(services, req, res, services.config.limits.resourceBytes);
  const parsed = schema.safeParse(parseJson(bytes.toString('utf8')));
  if (parsed.success) return parsed.data;
  throw new ServiceError('invalid', 'The body cannot be used', parsed.error.issues.flatMap(flatten).map((issue) => ({
    severity: 'error', code: 'invalid', diagnostics: `${issue.path.join('.') || 'The body'}: ${issue.message}`, expression: issue.path.join('.') || '$this',
  })));
}

/** Of several shapes that a body may have, the faults of that which it comes nearest to. */
function flatten(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue];
  const nearest = issue.errors.toSorted((a, b) => a.length - b.length)[0] ?? [];
  return nearest.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] })).flatMap(flatten);
}
