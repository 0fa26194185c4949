/** LOINC codes have up to seven digits and a check digit. @see https://loinc.org/kb/users-guide/ */
const LOINC = /^(\d{1,7})-(\d)$/;

/** Why a text is no LOINC code, as the end of a sentence; undefined for one that can be. Whether LOINC has it, the table says. */
export function loincFault(code: string): string | undefined {
  const [, digits, check] = LOINC.exec(code) ?? [];
  if (digits === undefined) return 'is no LOINC code: it must be digits, a hyphen and a check digit';
  return checkDigitOf(digits) === Number(check) ? undefined : `is no LOINC code: its check digit must be ${checkDigitOf(digits)}`;
}

/** Modulus 10, every other digit doubled from the right. */
function checkDigitOf(digits: string): number {
  const sum = Array.from(digits).reverse().reduce((total, digit, at) => {
    const value = Number(digit) * (at % 2 === 0 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return (10 - (sum % 10)) % 10;
}
