import { type ChildProcess, execFileSync, spawn } from 'node:child_process';

/** `node src/main.ts` as a user starts it, on a port of its own. */
export interface GatewayProcess {
  readonly url: string;
  readonly child: ChildProcess;
  /** Status and signal with which it ended. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  token(...args: string[]): string;
}

export async function startGateway(env: Record<string, string>): Promise<GatewayProcess> {
  const environment = { ...process.env, BUND_PORT: '0', BUND_LOG: 'error', ...env };
  const child = spawn(process.execPath, ['src/main.ts'], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
  const url = await new Promise<string>((resolve, reject) => {
    let output = '';
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const found = /http:\/\/[\w.]+:\d+/.exec(output)?.[0];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`ended with ${String(code)}: ${errors}`)));
  });
  const token = (...args: string[]): string => execFileSync(process.execPath, ['src/cli/token.ts', ...args], { env: environment, encoding: 'utf8' }).trim();
  return { url, child, ended, token };
}

export function patient(id: string): object {
  return { resourceType: 'Patient', id, name: [{ text: '测试' }], gender: 'unknown' };
}
