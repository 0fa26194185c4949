/** Order control codes of table 0119 by which an order ends or rests, whatever its status says. */
const BY_CONTROL: ReadonlyMap<string, string> = new Map([
  ...['CA', 'CR', 'DC', 'DR', 'OC', 'OD', 'DF', 'UA', 'RP', 'RQ', 'RU'].map((code) => [code, 'revoked'] as const),
  ...['HD', 'HR', 'OH'].map((code) => [code, 'on-hold'] as const),
]);
/** Table 0038. @see https://build.fhir.org/ig/HL7/v2-to-fhir/ConceptMap-table-hl70038-to-request-status.html */
const BY_STATUS: ReadonlyMap<string, string> = new Map([
  ['A', 'active'], ['IP', 'active'], ['SC', 'active'], ['CM', 'completed'], ['CA', 'revoked'], ['DC', 'revoked'], ['RP', 'revoked'], ['HD', 'on-hold'], ['ER', 'entered-in-error'],
]);
/** Order control codes that begin an order or go on with it. */
const GOES_ON: ReadonlySet<string> = new Set(['NW', 'SN', 'OK', 'NA', 'PA', 'CH', 'RO', 'XO', 'XR', 'XX', 'RL', 'OE', 'OR', 'AF', 'PR', 'SC', 'SR']);
const BEGINS: ReadonlySet<string> = new Set(['', 'NW', 'SN', 'RO', 'PA', 'CH', 'PR', 'RE']);

/**
 * Status of an order by ORC-1 and ORC-5.
 *
 * @returns undefined where the message does not speak of it
 */
export function orderStatus(control: string, status: string): string | undefined {
  return BY_CONTROL.get(control) ?? BY_STATUS.get(status) ?? (GOES_ON.has(control) ? 'active' : undefined);
}

/** True where the time of the event is that of the order. */
export function beginsOrder(control: string): boolean {
  return BEGINS.has(control);
}
