/** Fewer figures than these would lose what the laboratory measured when a factor is no power of ten. */
const LEAST_FIGURES = 3;
/** No laboratory measures more; big numbers would only burn time. */
const MOST_DIGITS = 40;

/** `digits` × 10^`exponent`, without leading zeros in `digits`; `figures` counts trailing zeros, since they were measured. */
interface Decimal { readonly isNegative: boolean; readonly digits: bigint; readonly figures: number; readonly exponent: number }

/**
 * Converts a measured value to another unit in exact decimal arithmetic. A power of ten only moves the point; any other
 * factor keeps as many significant figures as were measured, at least three, rounded half up.
 *
 * @param numeral as in JSON, `6.0`; @param factor finite and above zero
 * @returns numeral without exponent: `13.5` × 10 is `135`, `126` × 0.05551 is `6.99`; undefined for a numeral far beyond any measurement
 */
export function convertDecimal(numeral: string, factor: number): string | undefined {
  const value = parse(numeral);
  if (value === undefined || value.figures > MOST_DIGITS || Math.abs(value.exponent) > MOST_DIGITS) return undefined;
  const by = parse(String(factor));
  if (by === undefined) return undefined;
  const product: Decimal = { ...value, digits: value.digits * by.digits, exponent: value.exponent + by.exponent };
  const shifts = powerOfTen(by.digits);
  if (shifts !== undefined) return render({ ...value, exponent: value.exponent + by.exponent + shifts });
  return render(roundTo(product, Math.max(LEAST_FIGURES, value.figures)));
}

function parse(numeral: string): Decimal | undefined {
  const parts = /^(-?)(\d{1,80})(?:\.(\d{1,80}))?(?:[eE]([+-]?\d{1,4}))?$/.exec(numeral);
  if (parts === null) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = parts;
  const digits = (whole + fraction).replace(/^0+(?=\d)/, '');
  return { isNegative: sign === '-', digits: BigInt(digits), figures: digits.length, exponent: Number(exponent) - fraction.length };
}

function powerOfTen(digits: bigint): number | undefined {
  const text = String(digits);
  return /^10*$/.test(text) ? text.length - 1 : undefined;
}

function roundTo(value: Decimal, figures: number): Decimal {
  const surplus = String(value.digits).length - figures;
  if (surplus <= 0) return value;
  const unit = 10n ** BigInt(surplus);
  const rounded = (value.digits + unit / 2n) / unit;
  const carried = String(rounded).length > figures;
  return { ...value, digits: carried ? rounded / 10n : rounded, exponent: value.exponent + surplus + (carried ? 1 : 0) };
}

function render({ isNegative, digits, exponent }: Decimal): string {
  const sign = isNegative && digits !== 0n ? '-' : '';
  if (exponent >= 0) return sign + String(digits * 10n ** BigInt(exponent));
  const padded = String(digits).padStart(1 - exponent, '0');
  return `${sign}${padded.slice(0, exponent)}.${padded.slice(exponent)}`;
}
