import { UnreadableMessage } from '../message.ts';

/** The characters that divide a message, as MSH-1 and MSH-2 declare them. One that is not declared is `UNUSED`. */
export interface Separators {
  readonly field: string;
  readonly component: string;
  readonly repetition: string;
  readonly escape: string;
  readonly subcomponent: string;
  /** Only since 2.7, and only by its escape `\P\`: what was cut off is the sender's affair. */
  readonly truncation: string;
}

/** Stands for a separator that the message does not use: it ends segments, so it never occurs in a field. */
export const UNUSED = '\r';

/** Printable ASCII that is in no name and no number, and not the quotation mark of the null. */
const SEPARATOR = /^[!#-*,/:-@[-`{-~]$/;

/**
 * Reads the separators at the beginning of a header segment (MSH, FHS, BHS). MSH-2 may omit those at its end that the
 * message does not use.
 *
 * @param header text that begins with the name of the segment
 * @throws UnreadableMessage for a character that cannot divide, or two separators that are the same
 */
export function readSeparators(header: string): Separators {
  const name = header.slice(0, 3);
  const field = header.charAt(3);
  if (!SEPARATOR.test(field)) throw new UnreadableMessage('syntax', `${name}-1 is no field separator: a printable ASCII character that is no part of names and numbers stands after ${name}, usually |`);
  const end = header.indexOf(field, 4);
  const declared = header.slice(4, end < 0 ? undefined : end).trimEnd();
  const all = [field, ...Array.from(declared)];
  const isUsable = declared.length >= 1 && declared.length <= 5 && all.every((char) => SEPARATOR.test(char)) && new Set(all).size === all.length;
  if (!isUsable) throw new UnreadableMessage('syntax', `${name}-2 does not declare separators: 1 to 5 different printable ASCII characters, usually ^~\\&`);
  const [component = UNUSED, repetition = UNUSED, escape = UNUSED, subcomponent = UNUSED, truncation = UNUSED] = declared;
  return { field, component, repetition, escape, subcomponent, truncation };
}
