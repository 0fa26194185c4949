import type { Request } from 'express';
import { ServiceError } from '../errors.ts';
import type { Config } from '../config.ts';

const HOST = /^(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;

/**
 * Public address of the server, without a slash at its end: as configured, else as the request names it.
 * @throws ServiceError 'malformed' for a Host that is no host, since it would go into links
 */
export function baseUrlOf(config: Pick<Config, 'baseUrl'>, req: Request): string {
  if (config.baseUrl !== undefined) return config.baseUrl;
  const { host } = req.headers;
  if (host === undefined || !HOST.test(host)) throw new ServiceError('malformed', 'The Host header must be a host name or address, with a port where needed');
  // The gateway itself speaks plain HTTP; only a proxy can say otherwise, and only then is it asked whether it is believed.
  const protocol = req.headers['x-forwarded-proto'] === undefined ? 'http' : req.protocol;
  return `${protocol}://${host}`;
}
