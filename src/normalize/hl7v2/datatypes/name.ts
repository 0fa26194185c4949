import type { JsonObject } from '../../../fhir/resource.ts';
import type { Place, Reading } from '../mapping/reading.ts';
import type { Value } from '../segment.ts';
import { element, extension, present } from './element.ts';
import { validity } from './time.ts';

/** Numbers of the components in which the parts of a name stand. */
export interface NameLayout {
  readonly family: number; readonly given: number; readonly further: number; readonly suffix: number; readonly prefix: number; readonly degree: number;
  readonly type: number; readonly representation: number; readonly range: number; readonly order: number; readonly start: number; readonly end: number;
  readonly professional: number; readonly calledBy?: number;
}

export const XPN: NameLayout = { family: 1, given: 2, further: 3, suffix: 4, prefix: 5, degree: 6, type: 7, representation: 8, range: 10, order: 11, start: 12, end: 13, professional: 14, calledBy: 15 };
export const XCN: NameLayout = { family: 2, given: 3, further: 4, suffix: 5, prefix: 6, degree: 7, type: 10, representation: 15, range: 17, order: 18, start: 19, end: 20, professional: 21 };

/** Table 0200. @see https://build.fhir.org/ig/HL7/v2-to-fhir/ConceptMap-table-hl70200-to-name-use.html */
const USES: ReadonlyMap<string, string> = new Map([
  ['L', 'official'], ['R', 'official'], ['D', 'usual'], ['M', 'maiden'], ['N', 'nickname'], ['NICK', 'nickname'], ['S', 'anonymous'], ['MSK', 'anonymous'], ['ANON', 'anonymous'],
  ['NAV', 'temp'], ['TEMP', 'temp'], ['BAD', 'old'], ['NOUSE', 'old'],
]);
/** Table 0465 and the codes that senders write instead. */
const REPRESENTATIONS: ReadonlyMap<string, string> = new Map([['A', 'ABC'], ['ABC', 'ABC'], ['I', 'IDE'], ['IDE', 'IDE'], ['P', 'SYL'], ['SYL', 'SYL']]);
const EXTENSIONS = 'http://hl7.org/fhir/StructureDefinition/';
const HAN = /\p{Script=Han}/u;

/** The parts of a name, however they were sent. */
export interface NameParts {
  readonly family: string;
  readonly given: readonly string[];
  readonly prefix: readonly string[];
  readonly suffix: readonly string[];
  readonly isFamilyFirst: boolean;
}

/**
 * A HumanName. The parts of a Chinese name follow each other without blank, the family first.
 *
 * @returns undefined for a name without any part
 */
export function assembleName({ family, given, prefix, suffix, isFamilyFirst }: NameParts): JsonObject | undefined {
  const said = { given: given.filter(Boolean), prefix: prefix.filter(Boolean), suffix: suffix.filter(Boolean) };
  const isHan = HAN.test(family) || said.given.some((part) => HAN.test(part));
  const core = isHan || isFamilyFirst ? [family, ...said.given] : [...said.given, family];
  const text = [...said.prefix, core.filter(Boolean).join(isHan ? '' : ' '), ...said.suffix].filter(Boolean).join(' ');
  return element({ text, family, ...said });
}

/** The HumanName that a field such as XPN or XCN holds. */
export function humanName(reading: Reading, value: Value, layout: NameLayout, place: Place): JsonObject | undefined {
  const name = assembleName({
    family: value.text(layout.family),
    given: [value.text(layout.given), value.text(layout.further)],
    prefix: [value.text(layout.prefix)],
    suffix: [value.text(layout.suffix), value.text(layout.degree), value.text(layout.professional)],
    isFamilyFirst: value.text(layout.order) === 'F',
  });
  if (name === undefined) return undefined;
  const representation = REPRESENTATIONS.get(value.text(layout.representation));
  return element({
    extension: present([representation === undefined ? undefined : extension(`${EXTENSIONS}iso21090-EN-representation`, { valueCode: representation })]),
    use: USES.get(value.text(layout.type)),
    ...name,
    _family: value.subcomponents(layout.family) > 1 ? familyParts(value, layout.family) : undefined,
    period: validity(reading, value, layout, place),
  });
}

/** Every name of the repetitions of a field; the name by which a person is called is one of its own. */
export function namesOf(reading: Reading, values: readonly Value[], place: Place): readonly JsonObject[] {
  return values.flatMap((value) => {
    const called = value.text(XPN.calledBy);
    return present([humanName(reading, value, XPN, place), called === '' ? undefined : { use: 'nickname', text: called }]);
  });
}

/** FN: where a family name comes from. */
function familyParts(value: Value, component: number): JsonObject | undefined {
  const parts = present(['own-prefix', 'own-name', 'partner-prefix', 'partner-name']
    .map((name, index) => extension(`${EXTENSIONS}humanname-${name}`, { valueString: value.text(component, index + 2) })));
  return parts.length === 0 ? undefined : { extension: parts };
}
