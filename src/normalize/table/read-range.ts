import { decimal, type Numeric } from '../../fhir/json.ts';
import { halfWidth, numeralOf } from '../numeral.ts';
import { splitComparator } from '../read-printed-number.ts';

/** A reference range. `text` where the limits do not say all, or there are none; `unit` where the limits are printed with it. */
export interface ReferenceRange { readonly low: Numeric | undefined; readonly high: Numeric | undefined; readonly text: string | undefined; readonly unit?: '%' }

const NUMBER = '[-−]?[\\d.,]+(?:[eE][+-]?\\d+)?';
const BETWEEN = new RegExp(`^(${NUMBER})\\s*(--?|~|[‐-―]{1,2}|至)\\s*(${NUMBER})$`);
/** What is longer is in words. */
const LONGEST_RANGE = 100;
const PERCENT = /(?<=\d)\s*%/g;

/**
 * Reads a reference range as laboratories print it: `3.9-6.1`, `3.9～6.1`, `3.9--6.1`, `<5`, `阴性`. Limits count as
 * normal in R4, so that `<5` keeps its text beside.
 *
 * @param text without white space around it, not empty
 */
export function readRange(text: string, decimalComma: boolean): ReferenceRange {
  const inWords = { low: undefined, high: undefined, text };
  if (text.length > LONGEST_RANGE) return inWords;
  const printed = halfWidth(text);
  const narrow = printed.replace(PERCENT, '');
  const unit = unitOf(printed, narrow);
  const [, from, dash = '', to] = BETWEEN.exec(narrow) ?? [];
  if (from !== undefined && to !== undefined) {
    // Of -5--2 nobody can tell whether it ends at 2 or at -2.
    return dash === '--' && from.startsWith('-') ? inWords : between(from, to, decimalComma, unit) ?? inWords;
  }
  const { comparator, rest } = splitComparator(narrow);
  const numeral = comparator === undefined ? undefined : numeralOf(rest, decimalComma);
  if (comparator === undefined || numeral === undefined) return inWords;
  const told = comparator.endsWith('=') ? undefined : text;
  return comparator.startsWith('<') ? { low: undefined, high: decimal(numeral), text: told, ...unit } : { low: decimal(numeral), high: undefined, text: told, ...unit };
}

/** The limits of 30%-50% are in per cent, whatever the unit of the result. */
function unitOf(printed: string, withoutPercent: string): Pick<ReferenceRange, 'unit'> {
  return printed === withoutPercent ? {} : { unit: '%' };
}

/** Reads limits that stand in columns of their own; each may be empty, not both. */
export function readLimits(low: string, high: string, decimalComma: boolean): ReferenceRange {
  const [least, most] = [low, high].map((limit) => limit.replace(PERCENT, '')) as [string, string];
  const [from, to] = [numeralOf(least, decimalComma), numeralOf(most, decimalComma)];
  const unit = unitOf(low + high, least + most);
  if ((low !== '' && from === undefined) || (high !== '' && to === undefined)) return { low: undefined, high: undefined, text: low === '' || high === '' || low === high ? low || high : `${low} - ${high}` };
  if (from !== undefined && to !== undefined) return between(least, most, decimalComma, unit) ?? { low: undefined, high: undefined, text: `${low} - ${high}` };
  return { low: from === undefined ? undefined : decimal(from), high: to === undefined ? undefined : decimal(to), text: undefined, ...unit };
}

function between(from: string, to: string, decimalComma: boolean, unit: Pick<ReferenceRange, 'unit'>): ReferenceRange | undefined {
  const [low, high] = [numeralOf(from, decimalComma), numeralOf(to, decimalComma)];
  if (low === undefined || high === undefined || Number(low) > Number(high)) return undefined;
  return { low: decimal(low), high: decimal(high), text: undefined, ...unit };
}
