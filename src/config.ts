import { isIP } from 'node:net';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { z } from 'zod';

const wholeNumber = (min: number, max: number) =>
  z.string().regex(/^\d+$/, 'must be a whole number').transform(Number).pipe(z.number().min(min, `must be at least ${min}`).max(max, `must be at most ${max}`));

/** Judged here by its form, so that the driver need not be loaded for it; what the options mean, only the driver knows. */
const MONGODB_HOST = String.raw`(\[[\da-f:.]+\]|[^\s@/?#:,[\]]+)(:\d{1,5})?`;
const MONGODB_URI = new RegExp(String.raw`^mongodb(\+srv)?://([^@/?#\s]*@)?${MONGODB_HOST}(,${MONGODB_HOST})*(/[^/?#\s]*)?(\?[^#\s]*)?$`, 'i');

const environment = z.object({
  BUND_HOST: z.string().min(1, 'must name an address').default('127.0.0.1'),
  BUND_PORT: wholeNumber(0, 65_535).default(8080),
  BUND_STORE: z.string().regex(/^(sqlite:.+|mongodb(\+srv)?:\/\/.+)$/, { error: 'must be sqlite:FILE or mongodb://…', abort: true })
    .refine((text) => text.startsWith('sqlite:') || MONGODB_URI.test(text), 'must be mongodb://USER:PASSWORD@HOST:PORT,HOST:PORT/DATABASE?OPTIONS, all but a HOST optional, and each of : / ? # @ in a password percent-encoded').default('sqlite:./data/bund.db'),
  BUND_DATA: z.string().min(1, 'must name a folder').optional(),
  BUND_MLLP_PORT: wholeNumber(0, 65_535).optional(),
  BUND_MLLP_TLS_KEY: z.string().min(1, 'must name a file').optional(),
  BUND_MLLP_TLS_CERT: z.string().min(1, 'must name a file').optional(),
  BUND_MLLP_TLS_CA: z.string().min(1, 'must name a file').optional(),
  BUND_MLLP_IDLE_MS: wholeNumber(1_000, 86_400_000).default(600_000),
  BUND_MLLP_FRAME_MS: wholeNumber(100, 3_600_000).default(120_000),
  BUND_MLLP_UNREAD_MS: wholeNumber(100, 3_600_000).default(30_000),
  BUND_DELIVERIES: z.string().min(1, 'must name a folder').optional(),
  BUND_WORKERS: wholeNumber(1, 256).optional(),
  BUND_BASE_URL: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).optional(),
  BUND_TRUSTED_PROXIES: z.string().refine((text) => networksOf(text).every(isNetwork), 'must be none, or addresses and networks such as 10.0.0.0/8, separated by commas').default('127.0.0.0/8,::1'),
  BUND_OFFSET: z.string().regex(/^[+-]((0\d|1[0-3]):[0-5]\d|14:00)$/, 'must be an offset such as +08:00, at most 14:00').default('+08:00'),
  BUND_LOG: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'], 'must be trace, debug, info, warn, error or silent').default('info'),
  BUND_LIMIT_RESOURCE_BYTES: wholeNumber(1_000, 1_000_000_000).default(5_000_000),
  BUND_LIMIT_BUNDLE_BYTES: wholeNumber(1_000, 1_000_000_000).default(64_000_000),
  BUND_LIMIT_MLLP_BYTES: wholeNumber(1_000, 256_000_000).default(32_000_000),
  BUND_LIMIT_MLLP_CONNECTIONS: wholeNumber(1, 100_000).default(500),
  BUND_LIMIT_BUNDLE_ENTRIES: wholeNumber(1, 1_000_000).default(100_000),
  BUND_LIMIT_BODY_BYTES_IN_FLIGHT: wholeNumber(1_000_000, 10_000_000_000).default(192_000_000),
  BUND_LIMIT_PAGE: wholeNumber(1, 1_000).default(200),
  BUND_LIMIT_INCLUDES: wholeNumber(1, 10_000).default(1_000),
  BUND_LIMIT_REPLAY_MESSAGES: wholeNumber(1, 100_000_000).default(1_000_000),
  BUND_LIMIT_REQUEST_MS: wholeNumber(100, 3_600_000).default(60_000),
  BUND_LIMIT_REMINDER_MS: wholeNumber(100, 60_000).default(5_000),
  BUND_REPLAY_PER_SECOND: wholeNumber(1, 10_000).default(20),
  BUND_RETRY_MINUTES: z.string().refine((text) => minutesListOf(text) !== undefined, 'must be none, or up to 20 growing numbers of minutes, 1 to 43200 each, separated by commas').default('1,5,30,120,720'),
  BUND_RECOGNITION_ANSWER_HOURS: wholeNumber(1, 8_760).default(24),
  BUND_RECOGNITION_LOOK_BACK_DAYS: wholeNumber(1, 3_650).default(90),
  BUND_FIGURES_SMALLEST_CELL: wholeNumber(1, 1_000).default(5),
  BUND_AUDIT_SIGN_MS: wholeNumber(100, 86_400_000).default(10_000),
})
  .refine((e) => (e.BUND_MLLP_TLS_KEY === undefined) === (e.BUND_MLLP_TLS_CERT === undefined), { path: ['BUND_MLLP_TLS_KEY'], message: 'and BUND_MLLP_TLS_CERT are set together or not at all' })
  .refine((e) => e.BUND_MLLP_TLS_CA === undefined || e.BUND_MLLP_TLS_KEY !== undefined, { path: ['BUND_MLLP_TLS_CA'], message: 'needs BUND_MLLP_TLS_KEY and BUND_MLLP_TLS_CERT beside it' });

/** What the process was told, checked once at start. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly store: { readonly kind: 'sqlite'; readonly file: string } | { readonly kind: 'mongodb'; readonly uri: string };
  /** Where HL7 v2 is taken in over MLLP; undefined: nowhere. */
  readonly mllp: MllpConfig | undefined;
  /** Folder that is watched for tables, one folder a source in it; undefined: none. */
  readonly deliveriesDir: string | undefined;
  /** Folder of keys and signed audit heads: that of the SQLite file, or `./data`. */
  readonly dataDir: string;
  /** Gateway processes that share the port. One by default on SQLite, which has one writer at a time anyway; all cores on MongoDB. */
  readonly workers: number;
  /** Public address, for links and `fullUrl`; undefined: as the request says. */
  readonly baseUrl: string | undefined;
  /** Addresses and networks of proxies that may say who the client is and how it connected. */
  readonly trustedProxies: readonly string[];
  /** East of UTC: the zone in which a date without one is read, when it is indexed and when it is searched. */
  readonly offsetMinutes: number;
  readonly logLevel: string;
  readonly auditSignMs: number;
  /** `perSecond`: messages that one replay of many processes at most. */
  readonly replay: { readonly perSecond: number };
  /** How long a message waits for records that it misses, before the first time that it is tried again, the second, and so on. */
  readonly retry: { readonly afterMinutes: readonly number[] };
  /**
   * `answerHours`: a physician who has not answered by then is no longer waited for. `lookBackDays`: an older result is told to
   * nobody who orders, unless the window of its item is longer.
   */
  readonly recognition: { readonly answerHours: number; readonly lookBackDays: number };
  /** `smallestCell`: counts below it are shown to the institution that they are about, and to nobody else. */
  readonly figures: { readonly smallestCell: number };
  readonly limits: Limits;
}

export interface MllpConfig {
  readonly port: number;
  /** Files in PEM; with a `caFile` every client must show a certificate that it signed. */
  readonly tls: { readonly keyFile: string; readonly certFile: string; readonly caFile: string | undefined } | undefined;
  /** A connection without a message for so long is closed. */
  readonly idleMs: number;
  /** So is one on which a message is not whole so long after its first byte. */
  readonly frameMs: number;
  /** So is one whose peer does not read its acknowledgements. */
  readonly unreadMs: number;
}

export interface Limits {
  readonly resourceBytes: number;
  readonly bundleBytes: number;
  /** Of one message over MLLP. */
  readonly mllpBytes: number;
  readonly mllpConnections: number;
  readonly bundleEntries: number;
  /** Sum of the request bodies held in memory at one time; further requests wait, then get 503. */
  readonly bodyBytesInFlight: number;
  /** Largest `_count`. */
  readonly page: number;
  /** Most included resources of one page. */
  readonly includes: number;
  /** Most messages of one replay. */
  readonly replayMessages: number;
  readonly requestMs: number;
  /** A physician does not wait for a reminder: what takes longer is answered as a failure, and the EMR goes on. */
  readonly reminderMs: number;
}

/** How the index and the searches read alike an absolute reference to ourselves, and a date without zone. */
export interface Reading { readonly baseUrl?: string; readonly offsetMinutes: number }

export function readingOf({ baseUrl, offsetMinutes }: Pick<Config, 'baseUrl' | 'offsetMinutes'>): Reading {
  return { offsetMinutes, ...(baseUrl === undefined ? {} : { baseUrl: `${baseUrl}/fhir` }) };
}

/** Names every faulty variable, one a line. */
export class ConfigError extends Error {}

/** @throws ConfigError */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const unknown = Object.keys(env).filter((name) => name.startsWith('BUND_') && !name.startsWith('BUND_TEST_') && !(name in environment.shape));
  const parsed = environment.safeParse(Object.fromEntries(Object.entries(env).filter(([, value]) => value !== '')));
  const faults = [
    ...unknown.map((name) => `${name} is not a setting of Bund; the settings are ${Object.keys(environment.shape).join(', ')}`),
    ...(parsed.error?.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`) ?? []),
  ];
  if (!parsed.success || faults.length > 0) throw new ConfigError(faults.join('\n'));
  const e = parsed.data;
  const store = storeOf(e.BUND_STORE);
  return {
    host: e.BUND_HOST,
    port: e.BUND_PORT,
    store,
    dataDir: path.resolve(e.BUND_DATA ?? (store.kind === 'sqlite' && store.file !== ':memory:' ? path.dirname(store.file) : './data')),
    mllp: mllpOf(e),
    deliveriesDir: e.BUND_DELIVERIES === undefined ? undefined : path.resolve(e.BUND_DELIVERIES),
    workers: e.BUND_WORKERS ?? (store.kind === 'sqlite' ? 1 : availableParallelism()),
    baseUrl: e.BUND_BASE_URL?.replace(/\/+$/, ''),
    trustedProxies: networksOf(e.BUND_TRUSTED_PROXIES),
    offsetMinutes: minutesOf(e.BUND_OFFSET),
    logLevel: e.BUND_LOG,
    auditSignMs: e.BUND_AUDIT_SIGN_MS,
    retry: { afterMinutes: minutesListOf(e.BUND_RETRY_MINUTES) ?? [] },
    replay: { perSecond: e.BUND_REPLAY_PER_SECOND },
    recognition: { answerHours: e.BUND_RECOGNITION_ANSWER_HOURS, lookBackDays: e.BUND_RECOGNITION_LOOK_BACK_DAYS },
    figures: { smallestCell: e.BUND_FIGURES_SMALLEST_CELL },
    limits: {
      resourceBytes: e.BUND_LIMIT_RESOURCE_BYTES,
      bundleBytes: e.BUND_LIMIT_BUNDLE_BYTES,
      mllpBytes: e.BUND_LIMIT_MLLP_BYTES,
      mllpConnections: e.BUND_LIMIT_MLLP_CONNECTIONS,
      bundleEntries: e.BUND_LIMIT_BUNDLE_ENTRIES,
      bodyBytesInFlight: e.BUND_LIMIT_BODY_BYTES_IN_FLIGHT,
      page: e.BUND_LIMIT_PAGE,
      includes: e.BUND_LIMIT_INCLUDES,
      replayMessages: e.BUND_LIMIT_REPLAY_MESSAGES,
      requestMs: e.BUND_LIMIT_REQUEST_MS,
      reminderMs: e.BUND_LIMIT_REMINDER_MS,
    },
  };
}

function mllpOf(e: z.infer<typeof environment>): MllpConfig | undefined {
  if (e.BUND_MLLP_PORT === undefined) return undefined;
  const tls = e.BUND_MLLP_TLS_KEY === undefined || e.BUND_MLLP_TLS_CERT === undefined ? undefined : { keyFile: e.BUND_MLLP_TLS_KEY, certFile: e.BUND_MLLP_TLS_CERT, caFile: e.BUND_MLLP_TLS_CA };
  return { port: e.BUND_MLLP_PORT, tls, idleMs: e.BUND_MLLP_IDLE_MS, frameMs: e.BUND_MLLP_FRAME_MS, unreadMs: e.BUND_MLLP_UNREAD_MS };
}

const MOST_RETRIES = 20;
const MONTH_MINUTES = 43_200;

/** Undefined for what is no list of growing waits. */
function minutesListOf(text: string): readonly number[] | undefined {
  if (text === 'none') return [];
  const parts = text.split(',').map((part) => part.trim());
  if (parts.length > MOST_RETRIES || !parts.every((part) => /^[1-9]\d{0,4}$/.test(part))) return undefined;
  const minutes = parts.map(Number);
  return minutes.every((wait, at) => wait <= MONTH_MINUTES && wait >= (minutes[at - 1] ?? 1)) ? minutes : undefined;
}

function networksOf(text: string): readonly string[] {
  return text === 'none' ? [] : text.split(',').map((part) => part.trim());
}

/** True for an address, or a network as 10.0.0.0/8. */
export function isNetwork(text: string): boolean {
  const [address = '', bits = '0', ...more] = text.split('/');
  const family = isIP(address);
  return family !== 0 && more.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
}

function minutesOf(offset: string): number {
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4));
  return offset.startsWith('-') ? -minutes : minutes;
}

function storeOf(url: string): Config['store'] {
  if (!url.startsWith('sqlite:')) return { kind: 'mongodb', uri: url };
  const file = url.slice('sqlite:'.length);
  return { kind: 'sqlite', file: file === ':memory:' ? file : path.resolve(file) };
}
