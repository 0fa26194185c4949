/** How much of a document is taken in; its length in bytes is the channel's to limit. */
export interface CdaLimits {
  /** Elements in all. A laboratory report has some hundreds, a long summary some thousands. */
  readonly elements: number;
  /** Elements inside each other. The standard's own templates nest about twenty. */
  readonly depth: number;
}

export const CDA_LIMITS: CdaLimits = { elements: 100_000, depth: 100 };
