/** Something in a volume: `mg/dL`, `10*9/L`, `ug/L{DDU}`. Its amount in one litre is the value × 10^`exponent` of `base`. */
export interface Concentration {
  /** `g`, `mol`, `U`, `[IU]`…; `#` for a number of things. */
  readonly base: string;
  readonly exponent: number;
  /** What UCUM ignores and a laboratory must not: FEU is not DDU. */
  readonly annotation: string;
}

const PREFIXES: Readonly<Record<string, number>> = { f: -15, p: -12, n: -9, u: -6, m: -3, c: -2, d: -1, '': 0, k: 3, M: 6 };
const FORM = /^(?:10\*(\d{1,2})|([fpnumcdkM]?)(g|mol|eq|U|kat|\[IU\]|\[arb'U\]))\/([fpnumcd]?)L(\{[^{}]{1,20}\})?$/;

const known = new Map<string, Concentration | undefined>();
const MOST_REMEMBERED = 2_000;

/**
 * Reads a concentration in UCUM. Two of one base and annotation differ by a power of ten, and by nothing else; those of two
 * bases have nothing in common here, though UCUM counts moles, units and cells all alike.
 */
export function concentrationOf(ucum: string): Concentration | undefined {
  if (known.has(ucum)) return known.get(ucum);
  const concentration = read(ucum);
  if (known.size < MOST_REMEMBERED) known.set(ucum, concentration);
  return concentration;
}

function read(ucum: string): Concentration | undefined {
  const [whole, power, prefix, base = '#', volume = '', annotation = ''] = FORM.exec(ucum) ?? [];
  if (whole === undefined) return undefined;
  const amount = power === undefined ? PREFIXES[prefix ?? ''] ?? 0 : Number(power);
  return { base, exponent: amount - (PREFIXES[volume] ?? 0), annotation };
}

/** Power of ten by which a value in one unit becomes one in the other; undefined where none does. */
export function powerBetween(from: Concentration, to: Concentration): number | undefined {
  return from.base === to.base && from.annotation === to.annotation ? from.exponent - to.exponent : undefined;
}

/** A factor × 10^`power`, as the decimal that it is. */
export function scaled(factor: number, power: number): number {
  return Number(`${factor}e${power}`);
}
