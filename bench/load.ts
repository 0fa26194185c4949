import autocannon from 'autocannon';

export interface Load {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Record<string, string>;
  readonly seconds: number;
  readonly clients: number;
  /** Path and body of the n-th request of the run. */
  readonly request: (n: number) => { readonly path: string; readonly body?: string };
}

export interface Figure { readonly perSecond: number; readonly p50Ms: number; readonly p99Ms: number }

/** Runs one load; every answer must be a success, or the figure would be one of refusals. */
export async function measure(load: Load): Promise<Figure> {
  let n = 0;
  const result = await autocannon({
    url: load.url,
    connections: load.clients,
    duration: load.seconds,
    requests: [{
      method: load.method,
      headers: load.headers,
      setupRequest: (request) => Object.assign(request, load.request(n++)),
    }],
  });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${result.non2xx} refusals and ${result.errors} errors at ${load.method} ${load.request(0).path}`);
  return { perSecond: result.requests.average, p50Ms: result.latency.p50, p99Ms: result.latency.p99 };
}
