import type { z } from 'zod';
import { ConfigError } from '../config.ts';
import { parseProfile } from '../profile-file.ts';

/** A source description that cannot be used. The message names the file, the element and the fault, one a line. */
export class SourceError extends ConfigError {
  override readonly name = 'SourceError';
}

/**
 * Reads a file that describes a source, or something of it.
 *
 * @param file as it is named to people, `profiles/sources/x.json`
 * @throws SourceError
 */
export function parseDescription<T>(file: string, content: string, schema: z.ZodType<T>): T {
  return parseProfile(file, content, schema, SourceError);
}
