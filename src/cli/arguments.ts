import { parseArgs, type ParseArgsConfig } from 'node:util';

/** Says what is wrong with the command line; the caller prints it with the usage and ends with `EX_USAGE`. */
export class UsageError extends Error {}

/** Options of the command line. @throws UsageError for an unknown option, a missing value or a stray word */
export function readArguments<T extends NonNullable<ParseArgsConfig['options']>>(options: T): ReturnType<typeof parseArgs<{ options: T; strict: true }>>['values'] {
  try {
    return parseArgs({ options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error));
  }
}

/** @throws UsageError naming the option and its limits */
export function wholeNumber(option: string, text: string, { min, max }: { readonly min: number; readonly max: number }): number {
  const value = Number(text);
  if (!/^\d{1,9}$/.test(text) || value < min || value > max) throw new UsageError(`${option} takes a whole number from ${min} to ${max}, not "${text}"`);
  return value;
}
