import type { Request } from 'express';

/** A part of the address that the route names, as `:id`; '' where the route has none of that name. */
export function pathParameter(req: Request, name: string): string {
  const value = req.params[name];
  return typeof value === 'string' ? value : '';
}
