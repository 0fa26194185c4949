/** Half-open range [low, high). */
export interface NumberRange { readonly low: number; readonly high: number }

const NUMERAL = /^[+-]?\d+(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;

/** True for a number as a search may write it. */
export function isNumeral(text: string): boolean {
  return NUMERAL.test(text) && Number.isFinite(Number(text));
}

/**
 * The range that a searched number covers by its precision: `100` is [99.5, 100.5), `100.00` is [99.995, 100.005). With an
 * exponent one decimal is assumed, so that `1e2` is [95, 105) as the specification says.
 *
 * @param numeral as `isNumeral` accepts it
 * @see https://hl7.org/fhir/R4/search.html#number
 */
export function precisionRange(numeral: string): NumberRange {
  const [, fraction = '', exponent] = NUMERAL.exec(numeral) ?? [];
  const decimals = exponent === undefined ? fraction.length : Math.max(fraction.length, 1) - Number(exponent);
  const value = Number(numeral);
  const half = 0.5 * 10 ** -decimals;
  return { low: rounded(value - half, decimals + 1), high: rounded(value + half, decimals + 1) };
}

/** Drops the binary noise of the subtraction: 5.4 - 0.05 is 5.35. */
function rounded(value: number, decimals: number): number {
  if (decimals < 0 || decimals > 20) return value;
  return Number(value.toFixed(decimals));
}

/** The largest number below: a half-open range as a closed one. */
export function justBelow(value: number): number {
  if (value === 0) return -Number.MIN_VALUE;
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  bits.setBigInt64(0, bits.getBigInt64(0) - (value > 0 ? 1n : -1n));
  return bits.getFloat64(0);
}
