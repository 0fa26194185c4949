/** What one column of a table can tell. */
export const FACTS = [
  'patientNumber', 'name', 'sex', 'birthDate', 'residentId', 'phone',
  'visitNumber', 'visitStart', 'visitClass',
  'orderNumber', 'ordered', 'doctor',
  'reportNumber', 'reportCode', 'reportName', 'conclusion',
  'specimenNumber', 'specimenType', 'collected', 'received', 'reported',
  'itemCode', 'itemName', 'result', 'unit', 'range', 'low', 'high', 'flag', 'method', 'comment',
  'status', 'performer', 'department',
] as const;
export type FactName = (typeof FACTS)[number];

/** Facts that are points of the calendar. */
export const DATE_FACTS: ReadonlySet<FactName> = new Set<FactName>(['birthDate', 'visitStart', 'ordered', 'collected', 'received', 'reported']);

/** Facts that a row of kind `report` tells once for each of its results, and so not in columns of its own. */
export const FACTS_OF_ONE_RESULT: readonly FactName[] = ['itemCode', 'itemName', 'result', 'unit', 'range', 'low', 'high', 'flag', 'method'];

/** https://hl7.org/fhir/R4/valueset-observation-status.html */
export const STATUSES = ['registered', 'preliminary', 'final', 'amended', 'corrected', 'cancelled', 'entered-in-error', 'unknown'] as const;
export type Status = (typeof STATUSES)[number];

/** https://hl7.org/fhir/R4/valueset-administrative-gender.html */
export const SEXES = ['male', 'female', 'other', 'unknown'] as const;

/** https://terminology.hl7.org/CodeSystem-v3-ActCode.html, the codes of encounters */
export const VISIT_CLASSES = ['AMB', 'EMER', 'IMP', 'ACUTE', 'NONAC', 'OBSENC', 'PRENC', 'SS', 'HH', 'FLD', 'VR'] as const;

/** https://terminology.hl7.org/CodeSystem-v3-ObservationInterpretation.html, those that laboratories use */
export const FLAGS = ['N', 'H', 'L', 'HH', 'LL', 'HU', 'LU', 'A', 'AA', '<', '>', 'POS', 'NEG', 'IND', 'DET', 'ND', 'R', 'NR', 'WR', 'S', 'I', 'U', 'D', 'B', 'W'] as const;

/** https://hl7.org/fhir/R4/valueset-data-absent-reason.html */
export const ABSENT_REASONS = [
  'unknown', 'asked-unknown', 'temp-unknown', 'not-asked', 'asked-declined', 'masked', 'not-applicable', 'unsupported',
  'as-text', 'error', 'not-a-number', 'negative-infinity', 'positive-infinity', 'not-performed', 'not-permitted',
] as const;

/** What cells say by custom, where the mapping gives no values of its own: GB/T 2261.1 for the sex, arrows and words for flags. */
export const CUSTOMARY_VALUES: Readonly<Partial<Record<FactName, ReadonlyMap<string, string>>>> = {
  sex: new Map([
    ['男', 'male'], ['女', 'female'], ['未知', 'unknown'], ['未说明', 'unknown'], ['男性', 'male'], ['女性', 'female'],
    ['0', 'unknown'], ['1', 'male'], ['2', 'female'], ['9', 'unknown'], ['M', 'male'], ['F', 'female'], ...SEXES.map((sex) => [sex, sex] as const),
  ]),
  flag: new Map([
    ['↑', 'H'], ['↓', 'L'], ['↑↑', 'HH'], ['↓↓', 'LL'], ['高', 'H'], ['低', 'L'], ['偏高', 'H'], ['偏低', 'L'], ['正常', 'N'], ['异常', 'A'],
    ['阳性', 'POS'], ['阴性', 'NEG'], ...FLAGS.map((flag) => [flag, flag] as const),
  ]),
  status: new Map(STATUSES.map((status) => [status, status] as const)),
  visitClass: new Map([['门诊', 'AMB'], ['急诊', 'EMER'], ['住院', 'IMP'], ...VISIT_CLASSES.map((code) => [code, code] as const)]),
};

/** Codes that the values of a fact must be. */
export const CODED_FACTS: Readonly<Partial<Record<FactName, readonly string[]>>> = { sex: SEXES, status: STATUSES, flag: FLAGS, visitClass: VISIT_CLASSES };
