import type { JsonObject } from '../../../fhir/resource.ts';
import type { Place, Reading } from '../mapping/reading.ts';
import type { Value } from '../segment.ts';
import { element, extension, present } from './element.ts';
import { validity } from './time.ts';

/** Table 0190. @see https://build.fhir.org/ig/HL7/v2-to-fhir/ConceptMap-table-hl70190-to-address-use.html */
const USES: ReadonlyMap<string, string> = new Map([['H', 'home'], ['B', 'work'], ['O', 'work'], ['C', 'temp'], ['BA', 'old'], ['BI', 'billing']]);
const TYPES: ReadonlyMap<string, string> = new Map([['M', 'postal'], ['SH', 'postal']]);

/** XAD, or AD of older versions. */
export function addressOf(reading: Reading, value: Value, place: Place): JsonObject | undefined {
  const kind = value.text(7);
  const said = element({
    line: [streetOf(value), value.text(2), value.text(8)].filter(Boolean),
    city: value.text(3),
    district: value.text(9) || value.text(9, 2),
    state: value.text(4),
    postalCode: value.text(5),
    country: value.text(6),
  });
  if (said === undefined) return undefined;
  return element({
    extension: present([addressPart('censusTract', value.text(10)), addressPart('careOf', value.text(19))]),
    use: USES.get(kind),
    type: TYPES.get(kind),
    ...said,
    period: validity(reading, value, { range: 12, start: 13, end: 14 }, place),
  });
}

export function addressesOf(reading: Reading, values: readonly Value[], place: Place): readonly JsonObject[] {
  return present(values.map((value) => addressOf(reading, value, place)));
}

/** SAD: the street as it is written, its name and the number of the house. */
function streetOf(value: Value): string {
  return [value.text(1, 1), value.text(1, 3), value.text(1, 2)].filter(Boolean).join(' ');
}

function addressPart(name: string, text: string): JsonObject | undefined {
  return extension(`http://hl7.org/fhir/StructureDefinition/iso21090-ADXP-${name}`, { valueString: text });
}
