/** A source description that cannot be used. The message names the file, the element and the fault, one a line. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
}
