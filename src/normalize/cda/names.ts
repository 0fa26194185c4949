import type { JsonObject } from '../../fhir/resource.ts';
import { isBlank } from './concepts.ts';
import { defined } from '../defined.ts';
import type { XmlElement } from './element.ts';
import { attributeOf, childAt, childrenOf, textIn } from './element.ts';

export interface HumanName extends JsonObject { readonly text: string }

const HAN = /\p{Script=Han}/u;

/** A name written as one text or in parts; undefined for none. */
export function nameOf(element: XmlElement | undefined): HumanName | undefined {
  const text = textIn(element);
  if (text !== undefined) return isBlank(text) ? undefined : { text };
  const family = textIn(childAt(element, 'family'));
  const given = childrenOf(element, 'given').map(textIn).filter((part) => part !== undefined);
  if (family === undefined && given.length === 0) return undefined;
  return defined({ text: wholeName(family, given), family, given });
}

/** Chinese names have the family first and no space. */
function wholeName(family: string | undefined, given: readonly string[]): string {
  const parts = [family ?? '', ...given];
  return HAN.test(parts.join('')) ? parts.join('') : [...given, family ?? ''].join(' ').trim();
}

const USES: ReadonlyMap<string, string> = new Map([['H', 'home'], ['HP', 'home'], ['WP', 'work'], ['W', 'work'], ['MC', 'mobile'], ['TMP', 'temp']]);

/** Telephone numbers and mail addresses. */
export function telecomsOf(element: XmlElement | undefined): readonly JsonObject[] {
  return childrenOf(element, 'telecom').flatMap((telecom) => {
    const value = attributeOf(telecom, 'value');
    if (value === undefined || isBlank(value)) return [];
    const [, scheme, address = value] = /^(tel|fax|mailto):(.+)$/i.exec(value) ?? [];
    const isMail = scheme?.toLowerCase() === 'mailto' || (scheme === undefined && value.includes('@'));
    return [defined({ system: isMail ? 'email' : scheme?.toLowerCase() === 'fax' ? 'fax' : 'phone', value: address, use: USES.get(attributeOf(telecom, 'use') ?? '') })];
  });
}

export function addressesOf(element: XmlElement | undefined): readonly JsonObject[] {
  return childrenOf(element, 'addr').map(addressOf).filter((address) => address !== undefined);
}

function addressOf(element: XmlElement): JsonObject | undefined {
  const part = (...names: readonly string[]): string | undefined => names.map((name) => textIn(childAt(element, name))).find((text) => text !== undefined && !isBlank(text));
  const [state, city, district] = [part('state'), part('city'), part('county')];
  const use = USES.get(attributeOf(element, 'use') ?? '');
  // The template itself has the misspelling that many systems copied.
  const line = [part('township'), part('streetName', 'streetAddressLine'), part('houseNumber', 'houserNumber')].filter((text) => text !== undefined).join('');
  // A municipality is its own province.
  const text = wholeAddress([state === city ? undefined : state, city, district, line]) || textIn(element);
  if (text === undefined || isBlank(text)) return undefined;
  const postalCode = part('postalCode');
  return defined({ use: use === 'mobile' ? undefined : use, text, line: line === '' ? [] : [line], city, district, state, postalCode, country: part('country') });
}

/** From the largest place down where it is written in Chinese, else the other way. */
function wholeAddress(parts: readonly (string | undefined)[]): string {
  const given = parts.filter((part) => part !== undefined && part !== '');
  return HAN.test(given.join('')) ? given.join('') : given.reverse().join(', ');
}
