import type { JsonObject } from '../../../fhir/resource.ts';
import { conceptOf, labelOf } from '../datatypes/concept.ts';
import type { Value } from '../segment.ts';
import type { Reading } from './reading.ts';

export const INTERPRETATIONS = 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation';

/** Codes that table 0078 shares with FHIR. @see https://hl7.org/fhir/R4/valueset-observation-interpretation.html */
const CODES: ReadonlySet<string> = new Set('< > A AA AC B CAR D DET E EX EXP H HH HU HX I IE IND L LL LU LX MS N ND NEG NR NS OBX POS QCF R RR S SDD TOX U VS W WR'.split(' '));
/** What laboratories write instead. */
const WORDS: ReadonlyMap<string, string> = new Map([
  ['↑', 'H'], ['↓', 'L'], ['↑↑', 'HH'], ['↓↓', 'LL'], ['高', 'H'], ['低', 'L'], ['偏高', 'H'], ['偏低', 'L'], ['正常', 'N'], ['异常', 'A'], ['阳性', 'POS'], ['阴性', 'NEG'],
  ['h', 'H'], ['l', 'L'], ['n', 'N'], ['a', 'A'], ['HIGH', 'H'], ['LOW', 'L'], ['NORMAL', 'N'], ['敏感', 'S'], ['中介', 'I'], ['耐药', 'R'],
]);

/** OBX-8: each flag as a code of FHIR where it stands for one, and always as sent. */
export function interpretationsOf(reading: Reading, values: readonly Value[]): readonly JsonObject[] {
  return values.flatMap((value): readonly JsonObject[] => {
    const flag = value.text(1);
    if (CODES.has(flag)) return [{ coding: [{ system: INTERPRETATIONS, code: flag }], ...(labelOf(value) === flag ? {} : { text: labelOf(value) }) }];
    const code = WORDS.get(flag);
    if (code !== undefined) return [{ coding: [{ system: INTERPRETATIONS, code }], text: flag }];
    const concept = conceptOf(reading, value);
    return concept === undefined ? [] : [concept];
  });
}
