import { decimal, type Numeric } from '../../fhir/json.ts';
import { numeralOf } from './numeral.ts';

/** A reference range. `text` where the limits do not say all, or there are none. */
export interface ReferenceRange { readonly low: Numeric | undefined; readonly high: Numeric | undefined; readonly text: string | undefined }

const NUMBER = '[-−]?[\\d.,]+(?:[eE][+-]?\\d+)?';
const BETWEEN = new RegExp(`^(${NUMBER})\\s*(--?|~|[‐-―]{1,2}|至)\\s*(${NUMBER})$`);
const ONE_SIDED = /^(<=|>=|<|>|≤|≥)\s*(.+)$/s;

/**
 * Reads a reference range as laboratories print it: `3.9-6.1`, `3.9～6.1`, `3.9--6.1`, `<5`, `阴性`. Limits count as
 * normal in R4, so that `<5` keeps its text beside.
 *
 * @param text without white space around it, not empty
 */
export function readRange(text: string, decimalComma: boolean): ReferenceRange {
  const inWords = { low: undefined, high: undefined, text };
  const narrow = text.normalize('NFKC');
  const [, from, dash = '', to] = BETWEEN.exec(narrow) ?? [];
  if (from !== undefined && to !== undefined) {
    // Of -5--2 nobody can tell whether it ends at 2 or at -2.
    return dash === '--' && from.startsWith('-') ? inWords : between(from, to, decimalComma) ?? inWords;
  }
  const [, sign = '', limit] = ONE_SIDED.exec(narrow) ?? [];
  const numeral = limit === undefined ? undefined : numeralOf(limit, decimalComma);
  if (numeral === undefined) return inWords;
  const told = sign === '<' || sign === '>' ? text : undefined;
  return /[<≤]/.test(sign) ? { low: undefined, high: decimal(numeral), text: told } : { low: decimal(numeral), high: undefined, text: told };
}

/** Reads limits that stand in columns of their own; each may be empty, not both. */
export function readLimits(low: string, high: string, decimalComma: boolean): ReferenceRange {
  const [from, to] = [numeralOf(low, decimalComma), numeralOf(high, decimalComma)];
  if ((low !== '' && from === undefined) || (high !== '' && to === undefined)) return { low: undefined, high: undefined, text: low === '' || high === '' || low === high ? low || high : `${low} - ${high}` };
  if (from !== undefined && to !== undefined) return between(low, high, decimalComma) ?? { low: undefined, high: undefined, text: `${low} - ${high}` };
  return { low: from === undefined ? undefined : decimal(from), high: to === undefined ? undefined : decimal(to), text: undefined };
}

function between(from: string, to: string, decimalComma: boolean): ReferenceRange | undefined {
  const [low, high] = [numeralOf(from, decimalComma), numeralOf(to, decimalComma)];
  if (low === undefined || high === undefined || Number(low) > Number(high)) return undefined;
  return { low: decimal(low), high: decimal(high), text: undefined };
}
