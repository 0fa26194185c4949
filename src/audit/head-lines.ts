import { createReadStream } from 'node:fs';
import { ServiceError } from '../errors.ts';

/** The complete lines of a file of signed heads; none when there is no such file. A last line without its end is still being written, or was cut by a crash. */
export async function* headLines(file: string): AsyncGenerator<string> {
  let pending = '';
  try {
    for await (const chunk of createReadStream(file, { encoding: 'utf8' }) as AsyncIterable<string>) {
      const lines = (pending + chunk).split('\n');
      pending = lines.pop() ?? '';
      yield* lines.filter((line) => line !== '');
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown cause';
    if (code !== 'ENOENT') throw new ServiceError('unavailable', `${file} cannot be read (${code})`, [], { cause: error });
  }
}
