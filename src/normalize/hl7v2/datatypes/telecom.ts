import type { JsonObject } from '../../../fhir/resource.ts';
import type { Place, Reading } from '../mapping/reading.ts';
import type { Value } from '../segment.ts';
import { element, present } from './element.ts';
import { wholeNumber } from './number.ts';
import { validity } from './time.ts';

/** Table 0202. @see https://build.fhir.org/ig/HL7/v2-to-fhir/ConceptMap-table-hl70202-to-contact-point-system.html */
const SYSTEMS: ReadonlyMap<string, string> = new Map([
  ['PH', 'phone'], ['CP', 'phone'], ['FX', 'fax'], ['BP', 'pager'], ['INTERNET', 'email'], ['X.400', 'email'], ['MD', 'other'], ['SAT', 'other'], ['TDD', 'other'], ['TTY', 'other'],
]);
/** Table 0201. */
const USES: ReadonlyMap<string, string> = new Map([['PRN', 'home'], ['ORN', 'home'], ['VHN', 'home'], ['WPN', 'work'], ['PRS', 'mobile']]);

/** The ways to reach someone that one XTN gives: it may hold a number and an address of electronic mail at once. */
export function telecomsOf(reading: Reading, values: readonly Value[], place: Place, defaultUse?: 'home' | 'work'): readonly JsonObject[] {
  return values.flatMap((value) => {
    const equipment = value.text(3).toUpperCase();
    const shared = {
      use: equipment === 'CP' ? 'mobile' : USES.get(value.text(2)) ?? (value.text(2) === '' ? defaultUse : undefined),
      rank: wholeNumber(value.text(18), 1),
      period: validity(reading, value, { start: 13, end: 14 }, place),
    };
    return present(addressesIn(value, equipment).map(({ system, text }) => element({ system, value: text, ...shared })));
  });
}

function addressesIn(value: Value, equipment: string): readonly { readonly system: string; readonly text: string }[] {
  const found = numbersIn(value).map((text) => ({ system: systemOfNumber(text, equipment), text }));
  const address = value.text(4);
  return address === '' || found.some(({ text }) => text === address) ? found : [...found, { system: systemOfAddress(address), text: address }];
}

/** The number as one text, and by its parts, unless they say the same. */
function numbersIn(value: Value): readonly string[] {
  const numbers: string[] = [];
  for (const text of [value.text(1), structuredNumber(value), value.text(12)]) {
    if (text === '' || numbers.some((known) => digits(known).includes(digits(text)) && digits(text) !== '')) continue;
    numbers.push(text);
  }
  return numbers;
}

function structuredNumber(value: Value): string {
  const country = value.text(5);
  const number = [country === '' || country.startsWith('+') ? country : `+${country}`, value.text(6), value.text(7)].filter(Boolean).join(' ');
  const line = value.text(8);
  return number === '' || line === '' ? number : `${number} ext. ${line}`;
}

function digits(text: string): string {
  return text.replace(/\D/g, '');
}

function systemOfNumber(text: string, equipment: string): string {
  if (text.includes('@')) return 'email';
  const system = SYSTEMS.get(equipment);
  return system === undefined || system === 'email' ? 'phone' : system;
}

function systemOfAddress(text: string): string {
  if (text.includes('@')) return 'email';
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? 'url' : 'other';
}
