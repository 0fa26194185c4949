/**
 * Unit spellings of laboratories to UCUM. Case carries meaning (`g/L` grams, `G/L` 10^9 a litre), so nothing is lower-cased as a whole.
 * @see https://ucum.org/ucum
 */

const SUPERSCRIPT_DIGITS = '⁰¹²³⁴⁵⁶⁷⁸⁹';
const POWER_OF_TEN = /^[×xX*]?10(?:\^|~|\*{1,2}|[eE])\+?(\d{1,2})(?=\/|$)/;
const VOLUME = /\/([mdunpf]?)l(?=$|\(|FEU|DDU)/i;

/** Spellings that no rule below reaches. */
const WORDS: ReadonlyMap<string, string> = new Map([
  ['G/L', '10*9/L'], ['T/L', '10*12/L'],
  ['IU/L', '[IU]/L'], ['IU/mL', '[IU]/mL'], ['mIU/L', 'm[IU]/L'], ['mIU/mL', 'm[IU]/mL'],
  ['uIU/mL', 'u[IU]/mL'], ['uIU/L', 'u[IU]/L'], ['kIU/L', 'k[IU]/L'], ['KIU/L', 'k[IU]/L'], ['MIU/L', 'm[IU]/L'], ['MIU/mL', 'm[IU]/mL'],
  ['u/L', 'U/L'], ['mEq/L', 'meq/L'], ['MMOL/L', 'mmol/L'], ['UMOL/L', 'umol/L'], ['mmoI/L', 'mmol/L'],
  ['fl', 'fL'], ['FL', 'fL'], ['Pg', 'pg'], ['PG', 'pg'], ['L/L', 'L/L'],
  ['秒', 's'], ['S', 's'], ['sec', 's'], ['Sec', 's'],
  ['mm/hr', 'mm/h'], ['mm/小时', 'mm/h'], ['mm/1h', 'mm/h'], ['MM/H', 'mm/h'],
  ['COI', '{S_CO}'], ['S/CO', '{S_CO}'], ['s/co', '{S_CO}'], ['INR', '{INR}'],
  ['mL/min/1.73m2', 'mL/min/{1.73_m2}'], ['mL/min/1.73m^2', 'mL/min/{1.73_m2}'],
  ['mg/LFEU', 'mg/L{FEU}'], ['mg/L(FEU)', 'mg/L{FEU}'], ['ug/LDDU', 'ug/L{DDU}'], ['ug/L(DDU)', 'ug/L{DDU}'],
]);

/** UCUM codes that the usual spellings lead to. */
export const CONVENTIONAL_UNITS: ReadonlySet<string> = new Set(WORDS.values());

/**
 * A unit as laboratories write it in the spelling of UCUM: full-width forms, both micro signs, powers of ten, litres and
 * the usual words. The result is a candidate: whether it is a unit at all, the tables and `CONVENTIONAL_UNITS` say.
 *
 * @returns `10*9/L` for `×10^9/L`; what no rule touches comes back with its white space removed
 */
export function normalizeUnit(text: string): string {
  const plain = text
    .replace(/[⁰¹²³⁴⁵⁶⁷⁸⁹]+/gu, (digits) => (digits.length === 1 && !text.includes('10') ? '' : '^') + plainDigits(digits))
    .normalize('NFKC')
    .replace(/\s+/gu, '')
    .replace(/[µμ]/gu, 'u');
  const powered = plain.replace(POWER_OF_TEN, '10*$1');
  const withLitres = powered.replace(VOLUME, (_match, prefix: string) => `/${prefix.toLowerCase()}L`).replace(/^ml\//, 'mL/');
  return WORDS.get(withLitres) ?? withLitres;
}

function plainDigits(superscripts: string): string {
  return superscripts.replace(/./gu, (digit) => String(SUPERSCRIPT_DIGITS.indexOf(digit)));
}
