import { foldText } from '../fhir/search/fold.ts';
import type { JsonObject, JsonValue, Resource } from '../fhir/resource.ts';
import { isObject, textOf } from '../fhir/resource.ts';
import { normalizeUnit } from './normalize-unit.ts';
import type { CodeRow, Conditions, Period } from './tables.ts';

/** Finds a Specimen by the reference of a result; undefined for one that is not at hand. */
export type Specimens = (reference: string) => Resource | undefined;

/** A result as rows look at it. */
export interface Result {
  /** The Observation or the component that has the code. */
  readonly part: JsonObject;
  /** The Observation: a component has no specimen, method or time of its own. */
  readonly whole: Resource;
  readonly specimens: Specimens;
}

/** The first row that applies; the most specific stand first. */
export function chooseRow(rows: readonly CodeRow[], result: Result): CodeRow | undefined {
  return rows.find((row) => applies(row, result));
}

function applies({ when, effective }: CodeRow, { part, whole, specimens }: Result): boolean {
  return (effective.from === undefined && effective.to === undefined || covers(effective, dayOf(whole)))
    && (when.unit === undefined || isUnit(part['valueQuantity'], when.unit))
    && (when.method === undefined || namesConcept(whole['method'], when.method))
    && (when.specimen === undefined || isOfSpecimen(whole['specimen'], when.specimen, specimens));
}

/** How many conditions a row has: more of them win. */
export function specificity({ specimen, method, unit }: Conditions): number {
  return [specimen, method, unit].filter((condition) => condition !== undefined).length;
}

/** Whether some result could meet both: two rows of which this is true, of the same specificity, would contradict each other. */
export function canMeet(a: { readonly when: Conditions; readonly effective: Period }, b: { readonly when: Conditions; readonly effective: Period }): boolean {
  const agree = (left: string | undefined, right: string | undefined, fold: (text: string) => string): boolean => left === undefined || right === undefined || fold(left) === fold(right);
  return agree(a.when.specimen, b.when.specimen, foldText) && agree(a.when.method, b.when.method, foldText) && agree(a.when.unit, b.when.unit, normalizeUnit)
    && !endsBefore(a.effective, b.effective) && !endsBefore(b.effective, a.effective);
}

function endsBefore({ to }: Period, { from }: Period): boolean {
  return to !== undefined && from !== undefined && to < from;
}

function covers({ from, to }: Period, day: string | undefined): boolean {
  return day !== undefined && (from === undefined || day >= from) && (to === undefined || day <= to);
}

/** The day on which the specimen was taken, in the time of the laboratory as it wrote it; the first day of a month or year without days. */
function dayOf(whole: Resource): string | undefined {
  const period = whole['effectivePeriod'];
  const time = [whole['effectiveDateTime'], whole['effectiveInstant'], isObject(period) ? period['start'] : undefined, whole['issued']].find((value) => typeof value === 'string');
  const day = /^\d{4}(-\d{2}(-\d{2})?)?/.exec(textOf(time))?.[0];
  return day === undefined ? undefined : day + '-01-01'.slice(day.length - '2026'.length);
}

function isUnit(quantity: JsonValue | undefined, unit: string): boolean {
  if (!isObject(quantity)) return false;
  const sent = [textOf(quantity['unit']), textOf(quantity['code'])].filter((text) => text !== '');
  return sent.some((text) => text === unit || normalizeUnit(text) === normalizeUnit(unit));
}

function isOfSpecimen(reference: JsonValue | undefined, wanted: string, specimens: Specimens): boolean {
  if (!isObject(reference)) return false;
  if (foldText(textOf(reference['display'])) === foldText(wanted)) return true;
  const specimen = specimens(textOf(reference['reference']));
  return specimen !== undefined && namesConcept(specimen['type'], wanted);
}

/** Whether a CodeableConcept says a word: as code, as `system|code`, as display or as text. */
function namesConcept(concept: JsonValue | undefined, wanted: string): boolean {
  if (!isObject(concept)) return false;
  const word = foldText(wanted);
  const codings = Array.isArray(concept['coding']) ? concept['coding'].filter(isObject) : [];
  return foldText(textOf(concept['text'])) === word
    || codings.some(({ system, code, display }) => textOf(code) === wanted || `${textOf(system)}|${textOf(code)}` === wanted || foldText(textOf(display)) === word);
}
