import { isBlank } from './concepts.ts';
import type { XmlElement } from './element.ts';
import { attributeOf, childAt, descendantsOf, textIn } from './element.ts';

/** Codes of 卫生信息数据元目录 that decide what a statement becomes. @see WS 363 */
export const ELEMENT = {
  method: 'DE02.10.027.00',
  quantity: 'DE04.30.015.00',
  unit: 'DE04.30.016.00',
  resultCode: 'DE04.30.017.00',
  category: 'DE04.30.018.00',
  itemCode: 'DE04.30.019.00',
  itemName: 'DE04.30.020.00',
  conclusion: 'DE04.50.130.00',
  findings: 'DE04.50.131.00',
  impression: 'DE04.50.132.00',
  specimenType: 'DE04.50.134.00',
  specimenState: 'DE04.50.135.00',
  specimenFixative: 'DE08.50.027.00',
  specimenCollected: 'DE04.50.137.00',
  specimenReceived: 'DE04.50.141.00',
  note: 'DE06.00.179.00',
  department: 'DE08.10.026.00',
  institution: 'DE08.10.013.00',
  symptom: 'DE04.01.117.00',
  diagnosisCode: 'DE05.01.024.00',
  diagnosisName: 'DE05.01.025.00',
  traditionalCode: 'DE05.10.130.00',
  traditionalName: 'DE05.10.172.00',
  outcome: 'DE05.10.113.00',
  allergyHistory: 'DE02.10.022.00',
  allergyFlag: 'DE02.10.023.00',
  /** What some systems write for the history of allergies. */
  allergyHistoryOther: 'DE05.01.022.00',
  medication: 'DE08.50.022.00',
  medicationUse: 'DE06.00.136.00',
  adverseReaction: 'DE06.00.129.00',
  procedureName: 'DE06.00.094.00',
  procedureSite: 'DE06.00.093.00',
  procedureMethod: 'DE06.00.251.00',
  daysInHospital: 'DE06.00.310.00',
} as const;

/** A code that was misprinted in the template, and is sent as it was printed. */
const MISPRINTED_ITEM_CODE = 'DE04.50.019.00';
const LENGTH = 'DE00.00.000.00'.length;

/** Which data element an observation states; undefined for one that is coded otherwise. The code tells: its system is often wrong. */
export function dataElementOf(observation: XmlElement): string | undefined {
  const code = dataElementIn(attributeOf(childAt(observation, 'code'), 'code'));
  return code === MISPRINTED_ITEM_CODE ? ELEMENT.itemCode : code;
}

/** The data element at the start of a code: some systems count on behind it. */
function dataElementIn(code: string | undefined): string | undefined {
  if (code === undefined || code.length < LENGTH || !code.startsWith('DE') || code[4] !== '.' || code[7] !== '.' || code[11] !== '.') return undefined;
  return code.length === LENGTH ? code : code.slice(0, LENGTH);
}

/** Every observation in an entry and below, in document order. */
export function statementsIn(element: XmlElement): readonly XmlElement[] {
  return descendantsOf(element, 'observation');
}

/** The first observation below an element that states the data element. */
export function findStatement(element: XmlElement, dataElement: string): XmlElement | undefined {
  return statementsIn(element).find((observation) => dataElementOf(observation) === dataElement);
}

/** What an observation states, as words; undefined where it says nothing. */
export function wordsOf(observation: XmlElement | undefined): string | undefined {
  const value = childAt(observation, 'value');
  if (value === undefined) return undefined;
  const words = textIn(value) ?? attributeOf(value, 'displayName') ?? attributeOf(value, 'value') ?? attributeOf(value, 'code');
  return words === undefined || isBlank(words) ? undefined : words;
}

/** How the document calls a statement. */
export function labelOf(observation: XmlElement): string | undefined {
  const code = childAt(observation, 'code');
  return attributeOf(code, 'displayName') ?? attributeOf(childAt(code, 'qualifier', 'name'), 'displayName') ?? textIn(childAt(code, 'originalText'));
}
