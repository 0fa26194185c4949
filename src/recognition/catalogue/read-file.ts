import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { z } from 'zod';
import { ConfigError } from '../../config.ts';
import { profileJson } from '../../profile-file.ts';

/** A file of `profiles/recognition` that cannot be used. The message names the file, the row, the element and the fault, one a line. */
export class RecognitionFileError extends ConfigError {
  override readonly name = 'RecognitionFileError';
}

/** As a file is named to people. */
export function fileName(file: string): string {
  return `profiles/recognition/${file}`;
}

/**
 * Reads one file.
 *
 * @throws RecognitionFileError
 */
export async function readTable<T>(dir: string, file: string, schema: z.ZodType<T>): Promise<T> {
  const content = await readFile(path.join(dir, file), 'utf8').catch((error: unknown) => {
    throw new RecognitionFileError(`${fileName(file)} cannot be read`, { cause: error });
  });
  const json = profileJson(fileName(file), content, RecognitionFileError);
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new RecognitionFileError(parsed.error.issues.map((issue) => `${fileName(file)} ${placeOf(json, issue.path)}: ${issue.message}`).join('\n'));
}

/** `row GLU@2024 at window.days`, `row 3 at window.days` where the row has no id, `at scopes.0.id`. */
function placeOf(json: unknown, at: readonly PropertyKey[]): string {
  const [first, ...rest] = at;
  const rows: readonly unknown[] = Array.isArray(json) ? json : [];
  if (typeof first !== 'number' || rows.length === 0) return `at ${at.join('.') || 'the top'}`;
  const row = rows[first];
  const id: unknown = typeof row === 'object' && row !== null && 'id' in row ? row.id : undefined;
  return `row ${typeof id === 'string' ? id : first + 1} at ${rest.join('.') || 'the top'}`;
}
