import type { JsonObject } from '../../../fhir/resource.ts';
import type { Segment, Value } from '../segment.ts';
import { element } from './element.ts';
import { numberIn } from './number.ts';
import type { Parts } from './system.ts';
import { componentParts } from './system.ts';

const UCUM = 'http://unitsofmeasure.org';
const UCUM_NAMES: ReadonlySet<string> = new Set(['UCUM', '2.16.840.1.113883.6.8']);
/** Code systems whose codes are what is printed behind a number. */
const SYMBOL_SYSTEMS: ReadonlySet<string> = new Set(['', 'ISO', 'ISO+', 'ANS', 'ANS+', 'ANSI', 'ANSI+', ...UCUM_NAMES]);
/** `10^9/L` or `10~9/L` whose sender did not escape the separator. */
const POWER_OF_TEN = /^[×x*]?\s*10[~^]\d/i;

/** The members of a Quantity that tell its unit: as sent, and as a UCUM code only where the sender says that it is one. */
export type Unit = Readonly<Partial<Record<'unit' | 'system' | 'code', string>>>;

/** CWE of a unit. @param parts its six parts; @param whole the field as one text */
export function unitIn(parts: Parts, whole = ''): Unit {
  if (POWER_OF_TEN.test(whole)) return { unit: whole };
  const first = parts(1);
  const name = parts(2);
  if (UCUM_NAMES.has(parts(3)) && first !== '') return { unit: name || first, system: UCUM, code: first };
  // Codes of other tables, 274 for mg/dL, mean nothing to anybody else: the words beside them do.
  const unit = (SYMBOL_SYSTEMS.has(parts(3).toUpperCase()) ? first || name : name || first) || parts(5) || parts(4);
  if (UCUM_NAMES.has(parts(6)) && parts(4) !== '') return { unit, system: UCUM, code: parts(4) };
  return unit === '' ? {} : { unit };
}

/** The unit that a field holds. */
export function unitOf(segment: Segment, field: number): Unit {
  const values = segment.values(field);
  const [value] = values;
  return value === undefined ? {} : unitIn((number) => value.text(number), values.map((part) => part.wholeText().trim()).join('~'));
}

/** CQ: a number and its unit. @returns undefined for what is no number */
export function quantityOf(value: Value): JsonObject | undefined {
  const number = numberIn(value.text(1));
  if (number === undefined) return undefined;
  const parts = componentParts(value, 2);
  return element({ value: number, ...(value.subcomponents(2) > 1 ? unitIn(parts) : unitIn(parts, value.text(2))) });
}
