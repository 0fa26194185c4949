import type { Request, RequestHandler } from 'express';

/** One address of the API, and who answers there. */
export interface Route {
  /** `/:type/:id/_history`: a part with a colon stands for any text without a slash. */
  readonly path: string;
  /** By method; HEAD is answered as GET. */
  readonly methods: Readonly<Partial<Record<string, RequestHandler>>>;
  /** Answers all other methods; where there is none, a later route may. */
  readonly others?: RequestHandler;
}

/** A part of the address as a route has it: a word, or the name of a parameter. */
interface Part { readonly word: string | undefined; readonly name: string }
interface Pattern extends Route { readonly parts: readonly Part[] }

/**
 * One layer for many routes, of which the first that fits answers: a layer of Express for each would be tried in turn at every
 * request, and each would decode the parameters anew. As there, a slash at the end does not count; upper and lower case do.
 */
export function dispatch(routes: readonly Route[]): RequestHandler {
  const patterns = routes.map((route): Pattern => ({ ...route, parts: partsOf(route.path).map(partOf) }));
  return (req, res, next) => {
    const sent = partsOf(req.path);
    const method = req.method === 'HEAD' ? 'GET' : req.method;
    for (const pattern of patterns) {
      const handler = fits(pattern.parts, sent) ? pattern.methods[method] ?? pattern.others : undefined;
      if (handler === undefined) continue;
      enter(req, pattern, sent);
      return handler(req, res, next);
    }
    next();
  };
}

/** Leaves what a route of Express leaves: its parameters for the handler, its path for the log. @throws URIError */
function enter(req: Request, { path, parts }: Pattern, sent: readonly string[]): void {
  const params: Record<string, string> = {};
  for (const [place, { word, name }] of parts.entries()) if (word === undefined) params[name] = decodeURIComponent(sent[place] ?? '');
  req.params = params;
  req.route = { path };
}

function fits(parts: readonly Part[], sent: readonly string[]): boolean {
  return parts.length === sent.length && parts.every(({ word }, place) => (word === undefined ? sent[place] !== '' : word === sent[place]));
}

function partOf(text: string): Part {
  return text.startsWith(':') ? { word: undefined, name: text.slice(1) } : { word: text, name: '' };
}

function partsOf(path: string): readonly string[] {
  const end = path.endsWith('/') ? path.length - 1 : path.length;
  return end <= 0 ? [] : path.slice(1, end).split('/');
}
