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
  /** @param figures asked when the figures are read; there are as many as sources are described */
  watchSources(figures: () => Promise<readonly SourceFigures[]>): void;
  /** @param figures asked when the figures are read; of sources that claim that their results are recognised */
  watchClaims(figures: () => Promise<readonly ClaimFigures[]>): void;
}

/** How the claims of a source (★, HR in the name of a test) and the certificates of its institution agree for one item; numbers of results. */
export interface ClaimFigures {
  readonly source: string;
  readonly item: string;
  /** Claimed, and borne out by a certificate that held. */
  readonly agreeing: number;
  /** Claimed, and no certificate held. */
  readonly withoutCertificate: number;
  /** Not claimed although a certificate held: of a source that claims for others. */
  readonly notClaimed: number;
}

/** What is told of one sending system. */
export interface SourceFigures {
  readonly source: string;
  /** Of the last day, by status. */
  readonly messages: Readonly<Record<string, number>>;
  readonly deadLetters: number;
  /** Since its last message; undefined where it never sent any. */
  readonly silentSeconds: number | undefined;
  readonly isQuiet: boolean;
  readonly budgetConsumed: number;
  /** 0 to 1; undefined where there is nothing to judge it by. */
  readonly quality: number | undefined;
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
    watchSources: (figures) => watchSources(registry, figures),
    watchClaims: (figures) => watchClaims(registry, figures),
  };
}

/** Each gateway tells the same of all sources, as it is stored: they are to be read from one, or by their maximum. */
function watchSources(registry: Registry, ask: () => Promise<readonly SourceFigures[]>): void {
  let asked: Promise<readonly SourceFigures[]> | undefined;
  // All gauges of one reading are told by one answer.
  const figures = (): Promise<readonly SourceFigures[]> => asked ??= ask().finally(() => { asked = undefined; });
  const gauge = (name: string, help: string, value: (of: SourceFigures) => number | undefined): Gauge<'source'> => new Gauge({
    name, help, labelNames: ['source'] as const, registers: [registry],
    async collect() {
      this.reset();
      for (const one of await figures()) {
        const told = value(one);
        if (told !== undefined) this.set({ source: one.source }, told);
      }
    },
  });
  gauge('bund_source_dead_letters', 'Messages of the source that are refused now', (one) => one.deadLetters);
  gauge('bund_source_silent_seconds', 'Time since the last message of the source', (one) => one.silentSeconds);
  gauge('bund_source_quiet', '1 while the source is silent at a time at which it usually is not', (one) => (one.isQuiet ? 1 : 0));
  gauge('bund_source_error_budget_consumed', 'Refused messages of the last seven days as a share of those allowed; 1 when all are used up', (one) => one.budgetConsumed);
  gauge('bund_source_quality', 'Quality of the data of the source, 0 to 1', (one) => one.quality);
  new Gauge({
    name: 'bund_source_messages', help: 'Messages of the source in the last day, by status', labelNames: ['source', 'status'] as const, registers: [registry],
    async collect() {
      this.reset();
      for (const { source, messages } of await figures()) for (const [status, count] of Object.entries(messages)) this.set({ source, status }, count);
    },
  });
}

function watchClaims(registry: Registry, figures: () => Promise<readonly ClaimFigures[]>): void {
  new Gauge({
    name: 'bund_mark_claims', help: 'Results of sources that claim recognition (★, HR): agreeing with a certificate, without one, or held and not claimed', labelNames: ['source', 'item', 'kind'] as const, registers: [registry],
    async collect() {
      this.reset();
      for (const { source, item, agreeing, withoutCertificate, notClaimed } of await figures()) {
        for (const [kind, count] of Object.entries({ agreeing, 'without-certificate': withoutCertificate, 'not-claimed': notClaimed })) this.set({ source, item, kind }, count);
      }
    },
  });
}
