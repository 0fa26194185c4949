const PLAIN = /^-?(?:0|[1-9]\d{0,30})(?:\.\d{1,30})?(?:[eE][+-]?\d{1,2})?$/;
/** A number as people write it: with leading zeros or a plus, without a digit before or behind the point, and in groups of three. */
const LOOSE = /^([+-]?)(\d{1,30}|\d{1,3}(?:,\d{3}){1,9}|(?=\.\d))(?:\.(\d{0,30}))?((?:[eE][+-]?\d{1,2})?)$/;

/** `+1` is a step of a scale, as on test strips, and not one. */
const GRADE = /^\+\d$/;

/**
 * Full-width letters, digits and signs in their usual width. No more is made equal: in 10⁵ the exponent must not become a digit.
 */
export function halfWidth(text: string): string {
  return text.replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - WIDE)).replaceAll('\u3000', ' ');
}
/** Between a full-width character and the usual one. */
const WIDE = 0xfee0;

/**
 * A number as it is written, in the spelling of JSON with all its digits: `1,234.50` is `1234.50`, `.5` is `0.5`.
 *
 * @param text without white space around it
 * @param decimalComma `1.234,50` is `1234.50`
 * @returns undefined for what is no number
 */
export function numeralOf(text: string, decimalComma: boolean): string | undefined {
  if (!decimalComma && PLAIN.test(text)) return text;
  const pointed = decimalComma ? text.replace(/[.,]/g, (mark) => (mark === ',' ? '.' : ',')) : text;
  const found = LOOSE.exec(pointed.replace('−', '-'));
  if (found === null || GRADE.test(text)) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = ''] = found;
  const digits = whole.replaceAll(',', '').replace(/^0+(?=\d)/, '') || '0';
  return `${sign === '-' ? sign : ''}${digits}${fraction === '' ? '' : `.${fraction}`}${exponent}`;
}
