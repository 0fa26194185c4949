/** What a process ends with, in the words of `sysexits`. 0 is success. */

/** Any failure that has no code of its own. */
export const EX_FAILURE = 1;
/** A command was used wrongly. */
export const EX_USAGE = 64;
/** An output file cannot be made. */
export const EX_CANTCREAT = 73;
/** A setting is faulty. */
export const EX_CONFIG = 78;
