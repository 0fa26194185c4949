/** How large a table may be that is taken in at once. Larger ones are cut before. */
export interface TableLimits {
  /** Below the header. */
  readonly rows: number;
  readonly columns: number;
  /** Cells that hold something, of a sheet. */
  readonly cells: number;
  /** UTF-16 units of one cell. */
  readonly cellLength: number;
  /** Files in the archive that a workbook is. */
  readonly archiveFiles: number;
  /** All files of a workbook together, and each that is read. */
  readonly inflatedBytes: number;
  /** Inflated to packed size of a file, from `RATIO_FROM_BYTES` on. */
  readonly inflationRatio: number;
  /** Texts that cells of a workbook share, and UTF-16 units of all of them. */
  readonly sharedTexts: number;
  readonly sharedTextLength: number;
}

/** A small file of blanks may pack better than any honest large one. */
export const RATIO_FROM_BYTES = 1_000_000;

/** Generous for what a laboratory delivers at once, and small against the memory of a gateway. */
export const TABLE_LIMITS: TableLimits = {
  rows: 20_000,
  columns: 1_000,
  cells: 2_000_000,
  cellLength: 32_767,
  archiveFiles: 1_000,
  inflatedBytes: 256_000_000,
  inflationRatio: 200,
  sharedTexts: 1_000_000,
  sharedTextLength: 64_000_000,
};
