import path from 'node:path';
import type { FileState, IncomingFile } from './incoming-files.ts';
import { incomingFiles, isSameState, sourcesIn, stateOf } from './incoming-files.ts';
import type { Receipt } from './put-away.ts';
import { putAway } from './put-away.ts';

export interface WatchOptions {
  readonly pollMs: number;
  /** A file is taken when it has not changed for so long. */
  readonly stableMs: number;
  /** Told of what could not be done now; it is tried again. @param file undefined where no single file is the cause */
  readonly onError: (error: unknown, file: IncomingFile | undefined) => void;
}

export interface Watching {
  /** Ends the watching, after the files under way. */
  stop(): Promise<void>;
}

const LONGEST_RETRY_MS = 600_000;

/**
 * Watches `dir/<source>/in` for tables and has each received when it is complete, those of one source one after another by
 * name, and then put away.
 *
 * A file under way is never lost: it stays where it is until it was received, and is taken again when it changed meanwhile.
 * One that cannot be read now does not hold up the others; one that is still being written does, since later names may
 * correct it.
 *
 * @param receive resolves when all that the file says is durable, or is known to be refused; it may be called again for the same file
 */
export function watchFolder(dir: string, receive: (file: IncomingFile) => Promise<Receipt>, options: WatchOptions): Watching {
  const watch = new FolderWatch(dir, receive, options);
  watch.begin();
  return { stop: () => watch.stop() };
}

/** What is known of a file that waits. Times are milliseconds of the process. */
interface Waiting { readonly state: FileState; readonly since: number; readonly failures: number; readonly retryAt: number }

class FolderWatch {
  readonly #dir: string;
  readonly #receive: (file: IncomingFile) => Promise<Receipt>;
  readonly #options: WatchOptions;
  readonly #waiting = new Map<string, Waiting>();
  readonly #busy = new Map<string, Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(dir: string, receive: (file: IncomingFile) => Promise<Receipt>, options: WatchOptions) {
    this.#dir = dir;
    this.#receive = receive;
    this.#options = options;
  }

  begin(): void {
    this.#round = this.#look();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#round;
    await Promise.all(this.#busy.values());
  }

  /** A source with much to do does not hold up the others. */
  async #look(): Promise<void> {
    try {
      for (const source of await sourcesIn(this.#dir)) {
        if (this.#busy.has(source)) continue;
        this.#busy.set(source, this.#takeAll(source).catch((error: unknown) => this.#options.onError(error, undefined)).finally(() => this.#busy.delete(source)));
      }
    } catch (error) {
      this.#options.onError(error, undefined);
    }
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => this.begin(), this.#options.pollMs);
    this.#timer.unref();
  }

  async #takeAll(source: string): Promise<void> {
    const files = await incomingFiles(this.#dir, source);
    this.#forgetGone(source, files);
    const readiness = await Promise.all(files.map((file) => this.#readinessOf(file)));
    for (const [at, file] of files.entries()) {
      if (this.#isStopped || readiness[at] === 'changing') return;
      if (readiness[at] === 'ready') await this.#take(file);
    }
  }

  async #readinessOf(file: IncomingFile): Promise<'ready' | 'changing' | 'later'> {
    const state = await stateOf(file);
    const known = this.#waiting.get(file.path);
    const now = performance.now();
    if (state === undefined) return 'later';
    if (known === undefined || !isSameState(known.state, state)) {
      this.#waiting.set(file.path, { state, since: now, failures: 0, retryAt: 0 });
      return this.#options.stableMs <= 0 ? 'ready' : 'changing';
    }
    if (now - known.since < this.#options.stableMs) return 'changing';
    return now < known.retryAt ? 'later' : 'ready';
  }

  async #take(file: IncomingFile): Promise<void> {
    const known = this.#waiting.get(file.path);
    try {
      const receipt = await this.#receive(file);
      // What was written over it meanwhile has not been received.
      if (!isSameState(known?.state, await stateOf(file))) return;
      await putAway(this.#dir, file, receipt);
      this.#waiting.delete(file.path);
    } catch (error) {
      const failures = (known?.failures ?? 0) + 1;
      const pauseMs = Math.min(LONGEST_RETRY_MS, this.#options.pollMs * 2 ** failures);
      if (known !== undefined) this.#waiting.set(file.path, { ...known, failures, retryAt: performance.now() + pauseMs });
      this.#options.onError(error, file);
    }
  }

  #forgetGone(source: string, files: readonly IncomingFile[]): void {
    const paths = new Set(files.map((file) => file.path));
    const folder = path.join(this.#dir, source, 'in', '/');
    for (const waiting of this.#waiting.keys()) if (waiting.startsWith(folder) && !paths.has(waiting)) this.#waiting.delete(waiting);
  }
}
