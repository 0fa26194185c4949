/**
 * How often records are wrong or tell nothing, each as the share of records it concerns. They are estimates for a
 * district whose institutions keep records apart, made before the matching was measured, and are not fitted to it.
 */
export const RATES = {
  /** Records of one person: 1, 2, 3… of them. */
  recordsPerPerson: [[1, 50], [2, 27], [3, 12], [4, 6], [5, 3], [6, 2]] as readonly (readonly [number, number])[],
  number: {
    /** Of those who have one; of children under 6, and under 1. */
    missing: 0.3, missingOfChild: 0.5, missingOfInfant: 0.85,
    /** Of those born before 1985. */
    old15Digits: 0.03,
    /** One slip in the number, which makes it invalid. */
    mistyped: 0.01,
    /** Somebody else's number: of the household, or of a stranger. In half of them the birth date and sex of the lender come with it. */
    lentInHousehold: 0.0015, lentByStranger: 0.0005,
  },
  name: { homophone: 0.012, lookAlike: 0.004, otherCharacter: 0.002, traditional: 0.01, traditionalOfPermitHolder: 0.6, pinyinOnly: 0.02, spaced: 0.01, missing: 0.001, formerStillUsed: 0.4, formerListed: 0.5 },
  foreignName: { mistyped: 0.04, swapped: 0.06, nickname: 0.05, middleLeftOut: 0.3, capitals: 0.3, passportMissing: 0.3, passportRenewed: 0.06 },
  /** Children under one year that are kept under the name of their mother. */
  unnamedInfant: 0.45,
  birthDate: {
    missing: 0.012, swapped: 0.002, mistyped: 0.006,
    /** Of those born before 1975, in records without a number. */
    lunar: 0.03, firstOfYear: 0.01,
    /** Where the number is there the birth date is taken from it, so that this share only of the errors remains. */
    despiteNumber: 0.1,
  },
  sex: { wrong: 0.003, missing: 0.004 },
  phone: { missing: 0.15, former: 0.1, ofHousehold: 0.07, ofHouseholdIfElderly: 0.35, landline: 0.05, mistyped: 0.004 },
  address: { missing: 0.25, former: 0.12, withoutRoom: 0.2, wrongDistrictCharacter: 0.02, outlying: 0.02 },
  /** Of children: mother or father among the contacts. */
  guardian: 0.7,
  /** Of twins: a record says which of them it is. */
  twinMarked: 0.1,
};

export type Rates = typeof RATES;

/**
 * The same rates, all errors and gaps so many times as frequent, at most three in four. How many records people have stays.
 */
export function ratesTimes(factor: number): Rates {
  const times = <T extends Record<string, number>>(rates: T): T => ({ ...rates, ...Object.fromEntries(Object.entries(rates).map(([name, rate]) => [name, Math.min(rate * factor, Math.max(rate, 0.75))])) });
  return {
    ...RATES, number: times(RATES.number), name: times(RATES.name), foreignName: times(RATES.foreignName), birthDate: { ...times(RATES.birthDate), despiteNumber: RATES.birthDate.despiteNumber },
    sex: times(RATES.sex), phone: times(RATES.phone), address: times(RATES.address),
  };
}
