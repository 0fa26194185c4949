import type { JsonObject } from '../../fhir/resource.ts';
import { codingsOf, conceptOf } from './concepts.ts';
import { defined } from '../defined.ts';
import type { XmlElement } from './element.ts';
import { attributeOf, childAt, childrenOf, textIn } from './element.ts';
import { RESULT_CODES } from './oids.ts';

const INTERPRETATION = 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation';
/** Words of 检查/检验结果代码 and what laboratories write beside them. The word decides: senders number the results in their own ways. */
const BY_WORD: readonly (readonly [RegExp, string])[] = [
  [/危急.*低|↓↓/, 'LL'], [/危急|↑↑/, 'HH'], [/不确定|可疑/, 'IND'], [/阴性/, 'NEG'], [/弱阳性/, 'WR'], [/阳性/, 'POS'],
  [/偏?高|↑|升高/, 'H'], [/偏?低|↓|降低/, 'L'], [/异常/, 'A'], [/正常/, 'N'],
];
const BY_NUMBER: ReadonlyMap<string, string> = new Map([['1', 'N'], ['2', 'A'], ['3', 'IND']]);

/** A judgement is short; patterns are not tried on anything longer. */
const LONGEST_WORD = 40;

/**
 * How the laboratory judges a result: from the data element of result codes, and from `interpretationCode`.
 *
 * @param flag code that an arrow behind the result stands for; it counts where nothing else is said
 */
export function interpretationsOf(resultCode: XmlElement | undefined, statements: readonly XmlElement[], flag: string | undefined): readonly JsonObject[] {
  const said = [fromResultCode(childAt(resultCode, 'value')), ...statements.flatMap((observation) => childrenOf(observation, 'interpretationCode')).map(fromHl7)];
  const judged = said.filter((concept) => concept !== undefined);
  return judged.length === 0 && flag !== undefined ? [{ coding: [{ system: INTERPRETATION, code: flag }] }] : judged;
}

function fromResultCode(value: XmlElement | undefined): JsonObject | undefined {
  const concept = value === undefined ? undefined : conceptOf(value);
  if (value === undefined || concept === undefined) return undefined;
  const word = (attributeOf(value, 'displayName') ?? textIn(value))?.slice(0, LONGEST_WORD);
  const code = word === undefined ? numbered(value) : BY_WORD.find(([pattern]) => pattern.test(word))?.[1];
  const standard = code === undefined ? [] : [{ system: INTERPRETATION, code }];
  return defined({ ...concept, coding: [...standard, ...codingsOf(value)] });
}

function numbered(value: XmlElement): string | undefined {
  return attributeOf(value, 'codeSystem') === RESULT_CODES ? BY_NUMBER.get(attributeOf(value, 'code') ?? '') : undefined;
}

/** HL7's own codes are often sent without their system. */
function fromHl7(element: XmlElement): JsonObject | undefined {
  const concept = conceptOf(element);
  if (concept === undefined || attributeOf(element, 'codeSystem') !== undefined) return concept;
  return defined({ ...concept, coding: codingsOf(element, () => INTERPRETATION) });
}
