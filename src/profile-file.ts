import type { z } from 'zod';
import { ConfigError } from './config.ts';

/** The fault of one kind of file, so that whoever reads several kinds can tell them apart. */
type Fault = new (message: string, options?: ErrorOptions) => ConfigError;

/**
 * The JSON of a file of `profiles/`.
 *
 * @param file as it is named to people, `profiles/sources/x.json`
 * @throws Fault
 */
export function profileJson(file: string, content: string, Fault: Fault = ConfigError): unknown {
  try {
    return JSON.parse(content);
  } catch (error) {
    throw new Fault(`${file} is not JSON`, { cause: error });
  }
}

/**
 * Reads a file of `profiles/` by its schema.
 *
 * @throws Fault that names the file, the element and the fault, one a line
 */
export function parseProfile<T>(file: string, content: string, schema: z.ZodType<T>, Fault: Fault): T {
  const parsed = schema.safeParse(profileJson(file, content, Fault));
  if (parsed.success) return parsed.data;
  throw new Fault(parsed.error.issues.map((issue) => `${file} at ${issue.path.join('.') || 'the top'}: ${issue.message}`).join('\n'));
}
