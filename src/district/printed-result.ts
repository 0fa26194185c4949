import { decimal, type Numeric } from '../fhir/json.ts';
import type { Institution } from './institutions.ts';
import type { LocalTest } from './laboratory.ts';
import type { Sample } from './measure.ts';
import type { Sex } from './names.ts';
import { spreadOf } from './physiology.ts';

/** A result as the laboratory prints it: with its own number of digits, unit, limits and flag. */
export type PrintedResult =
  | { readonly kind: 'quantity'; readonly value: Numeric; readonly below: boolean; readonly unit: string; readonly low: Numeric | undefined; readonly high: Numeric | undefined; readonly flag: string }
  | { readonly kind: 'words'; readonly words: string; readonly flag: string };

/** What this laboratory prints for one item of a blood sample. */
export function printResult(test: LocalTest, sample: Sample, { sex, institution }: { readonly sex: Sex; readonly institution: Institution }): PrintedResult {
  const spread = spreadOf(test.item, sex);
  if (test.unit === undefined || spread === undefined) {
    const isPositive = sample.isPositive(test.item);
    return { kind: 'words', words: isPositive ? institution.words.positive : institution.words.negative, flag: isPositive ? 'POS' : 'NEG' };
  }
  const { factor, text } = test.unit;
  const digits = digitsIn(factor, spread.decimals);
  // Limits in a twin unit are printed rounder than values: 70 to 110 mg/dL, not 70.3 to 109.9.
  const limit = (value: number | undefined): number | undefined => (value === undefined ? undefined : Number((value / factor).toFixed(factor === 1 ? digits : Math.max(0, digits - 1))));
  const [low, high] = [limit(spread.low), limit(spread.high)];
  const printed = (sample.quantity(test.item) / factor).toFixed(digits);
  const below = Number(printed) <= 0;
  const shown = below ? (10 ** -digits).toFixed(digits) : printed;
  return { kind: 'quantity', value: decimal(shown), below, unit: text, low: printLimit(low, digits), high: printLimit(high, digits), flag: below ? 'N' : flagOf(Number(shown), low, high) };
}

/** Creatinine without a decimal in umol/L has two in mg/dL; glucose with two in mmol/L has none. */
function digitsIn(factor: number, decimals: number): number {
  return Math.max(0, decimals + Math.floor(Math.log10(factor) + 0.1));
}

function printLimit(limit: number | undefined, digits: number): Numeric | undefined {
  return limit === undefined ? undefined : decimal(limit.toFixed(digits));
}

/** Code of v3 ObservationInterpretation; far outside the limits counts as critical. */
function flagOf(value: number, low: number | undefined, high: number | undefined): string {
  if (high !== undefined && value > high) return value > high * 2.5 ? 'HH' : 'H';
  if (low !== undefined && value < low) return value < low * 0.6 ? 'LL' : 'L';
  return 'N';
}
