import type { JsonValue, Resource } from '../../fhir/resource.ts';
import { isList, isObject } from '../../fhir/resource.ts';
import type { HourCounts } from './source-day.ts';

/** So many of so many. */
export interface Share { readonly numerator: number; readonly denominator: number }

/** What a reader of a laboratory result needs to find in it. Unit and range belong to measured values. */
export const EXPECTED_ELEMENTS = ['code', 'value', 'unit', 'range', 'collected', 'performer'] as const;
export type ExpectedElement = (typeof EXPECTED_ELEMENTS)[number];

/** How good the data of a source is. */
export interface Quality {
  /** Expected elements that are there, of the results looked at. */
  readonly completeness: Share;
  readonly elements: Readonly<Record<ExpectedElement, Share>>;
  /** Results that came in time, and the minutes within which 95 of 100 came; undefined where none says when it was issued. */
  readonly timeliness: Share;
  readonly delayP95Minutes: number | undefined;
  /** Messages that were accepted in whole. */
  readonly validity: Share;
  /** Results in which every code and unit is mapped. */
  readonly mapping: Share;
  /** What came once: messages that were not sent again, and results that are not there a second time under another id. */
  readonly uniqueness: Share;
}

/** A result as it is stored. `received`: instant at which it came; undefined where that is not known. */
export interface SampledResult { readonly resource: Resource; readonly received: string | undefined }

const MINUTE_MS = 60_000;
const GAP_TAGS: ReadonlySet<unknown> = new Set(['unmapped-code', 'unmapped-unit']);

/**
 * Judges a source by the results it sent last and by what became of its messages.
 *
 * @param counts of its messages in the last days
 * @param timelyMinutes a result is timely that was received within so many minutes after it was issued
 */
export function qualityOf(results: readonly SampledResult[], counts: HourCounts, timelyMinutes: number): Quality {
  const elements = elementShares(results.map(({ resource }) => resource));
  const delays = results.flatMap(({ resource, received }) => delayOf(resource, received)).sort((a, b) => a - b);
  const finished = counts.processed + counts.partial + counts.refused;
  const doubled = results.length - new Set(results.map(({ resource }, at) => identityOf(resource) ?? `alone ${at}`)).size;
  return {
    completeness: added(Object.values(elements)),
    elements,
    timeliness: { numerator: delays.filter((delay) => delay <= timelyMinutes).length, denominator: delays.length },
    delayP95Minutes: delays[Math.ceil(delays.length * 0.95) - 1],
    validity: { numerator: counts.processed, denominator: finished },
    mapping: { numerator: results.filter(({ resource }) => !hasGap(resource)).length, denominator: results.length },
    uniqueness: { numerator: Math.max(0, results.length - doubled + finished - counts.repeats), denominator: results.length + finished },
  };
}

/** Undefined of nothing. */
export function scoreOf({ numerator, denominator }: Share): number | undefined {
  return denominator === 0 ? undefined : numerator / denominator;
}

/** The mean of what is known; undefined where nothing is. */
export function overallScore({ completeness, timeliness, validity, mapping, uniqueness }: Quality): number | undefined {
  const scores = [completeness, timeliness, validity, mapping, uniqueness].map(scoreOf).filter((score) => score !== undefined);
  return scores.length === 0 ? undefined : scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

function elementShares(results: readonly Resource[]): Quality['elements'] {
  const measured = results.filter(({ valueQuantity }) => isObject(valueQuantity));
  const share = (among: readonly Resource[], has: (result: Resource) => boolean): Share => ({ numerator: among.filter(has).length, denominator: among.length });
  return {
    code: share(results, ({ code }) => isObject(code) && list(code['coding']).some((coding) => isObject(coding) && typeof coding['code'] === 'string')),
    value: share(results, hasValue),
    unit: share(measured, ({ valueQuantity }) => isObject(valueQuantity) && (typeof valueQuantity['unit'] === 'string' || typeof valueQuantity['code'] === 'string')),
    range: share(measured, ({ referenceRange }) => list(referenceRange).length > 0),
    collected: share(results, (result) => Object.keys(result).some((name) => name.startsWith('effective'))),
    performer: share(results, ({ performer }) => list(performer).length > 0),
  };
}

/** A panel has its values in its members or components. */
function hasValue(result: Resource): boolean {
  return Object.keys(result).some((name) => name.startsWith('value')) || list(result['component']).length > 0 || list(result['hasMember']).length > 0;
}

/** Nothing where no time is given. What claims to be issued later than it came was no delay. */
function delayOf({ issued, effectiveDateTime, effectiveInstant, effectivePeriod }: Resource, received: string | undefined): number[] {
  const end = isObject(effectivePeriod) ? effectivePeriod['end'] ?? effectivePeriod['start'] : undefined;
  const at = [issued, effectiveDateTime, effectiveInstant, end].find((time) => typeof time === 'string' && time.includes('T'));
  const delay = typeof at === 'string' && received !== undefined ? (Date.parse(received) - Date.parse(at)) / MINUTE_MS : Number.NaN;
  return Number.isNaN(delay) ? [] : [Math.max(0, delay)];
}

function hasGap({ meta }: Resource): boolean {
  return isObject(meta) && list(meta['tag']).some((tag) => isObject(tag) && GAP_TAGS.has(tag['code']));
}

/** By what two records are one result: whose, which test, when, what. Undefined where one of that is missing. */
function identityOf(result: Resource): string | undefined {
  const { subject, code, effectiveDateTime } = result;
  const value = Object.entries(result).find(([name]) => name.startsWith('value'));
  if (!isObject(subject) || typeof subject['reference'] !== 'string' || !isObject(code) || typeof effectiveDateTime !== 'string' || value === undefined) return undefined;
  return JSON.stringify([subject['reference'], list(code['coding'])[0] ?? code['text'], effectiveDateTime, value]);
}

function added(shares: readonly Share[]): Share {
  return shares.reduce((sum, { numerator, denominator }) => ({ numerator: sum.numerator + numerator, denominator: sum.denominator + denominator }), { numerator: 0, denominator: 0 });
}

function list(value: JsonValue | undefined): readonly JsonValue[] {
  return isList(value) ? value : [];
}
