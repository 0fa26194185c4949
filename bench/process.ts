import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

/** A server process under measurement, and the address it printed when it was ready. */
export interface ServerProcess {
  readonly url: string;
  readonly readyMs: number;
  /** Resident memory now, in MB. */
  residentMb(): number;
  stop(): Promise<void>;
}

/** What `npm start` gives the process, read from there so that what is measured is what is served. */
const { scripts: { start } } = JSON.parse(readFileSync(path.join(import.meta.dirname, '..', 'package.json'), 'utf8')) as { scripts: { start: string } };
const FLAGS = start.split(' ').filter((word) => word.startsWith('--'));

/** Starts a script as `npm start` does, and waits for the first line of its output that holds an http address. */
export async function startServer(script: string, env: NodeJS.ProcessEnv): Promise<ServerProcess> {
  const started = performance.now();
  const child = spawn(process.execPath, [...FLAGS, script], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await addressOf(child);
  const readyMs = performance.now() - started;
  return {
    url,
    readyMs,
    residentMb: () => Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${String(child.pid)}/status`, 'utf8'))?.[1] ?? Number.NaN) / 1024,
    stop: () => new Promise((resolve) => {
      child.once('exit', () => resolve());
      child.kill('SIGTERM');
    }),
  };
}

function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const found = /https?:\/\/[\w.]+:\d+/.exec(output)?.[0];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`the server ended with status ${String(code)} before it was ready`)));
  });
}
