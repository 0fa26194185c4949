import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What the process tells Prometheus. No label ever holds an id, a query or a name. */
export interface Metrics {
  readonly registry: Registry;
  /** @param route template such as `/fhir/:type/:id` */
  observeRequest(request: { readonly method: string; readonly route: string; readonly status: number; readonly seconds: number }): void;
  /** @param operation method of the store */
  observeStore(operation: { readonly operation: string; readonly hasFailed: boolean; readonly seconds: number }): void;
  /** @param bytes asked when the figures are read */
  watchBodyBytes(bytes: () => number): void;
}

const BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** One registry for each app, so that several can live in one process. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'bund_http_request_seconds',
    help: 'Time from the request line to the end of the answer',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: BUCKETS_SECONDS,
    registers: [registry],
  });
  const operations = new Histogram({
    name: 'bund_store_seconds',
    help: 'Time from the call of a store operation to its answer; for a commit until it is durable',
    labelNames: ['operation'] as const,
    buckets: BUCKETS_SECONDS,
    registers: [registry],
  });
  const failures = new Counter({ name: 'bund_store_failures_total', help: 'Store operations that ended in an error, version conflicts included', labelNames: ['operation'] as const, registers: [registry] });
  return {
    registry,
    observeRequest: ({ method, route, status, seconds }) => requests.observe({ method, route, status }, seconds),
    observeStore: ({ operation, hasFailed, seconds }) => {
      operations.observe({ operation }, seconds);
      if (hasFailed) failures.inc({ operation });
    },
    watchBodyBytes: (bytes) => {
      new Gauge({ name: 'bund_body_bytes', help: 'Memory held by request bodies', registers: [registry], collect() { this.set(bytes()); } });
    },
  };
}
