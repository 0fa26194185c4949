import type { Sex } from './names.ts';

/** How a quantity is spread among people, in the catalogue's unit. */
export interface Spread {
  /** Reference limits of an adult; a missing one is not printed. */
  readonly low?: number;
  readonly high?: number;
  /** Of a skewed quantity; the others lie around the middle of their limits. */
  readonly median?: number;
  /** Digits after the point as a laboratory prints them. */
  readonly decimals: number;
}
type Limits = readonly [low: number, high: number];
/** Around the middle between the limits. */
const even = (decimals: number, low: number, high: number): Spread => ({ low, high, decimals });
/** Most people lie low, a few far above the upper limit. */
const skewed = (decimals: number, median: number, high: number, low?: number): Spread => ({ median, high, decimals, ...(low === undefined ? {} : { low }) });

const SPREADS: Readonly<Record<string, Spread>> = {
  WBC: even(2, 3.5, 9.5), PLT: even(0, 125, 350), NEU_PCT: even(1, 40, 75), MON_PCT: even(1, 3, 10), EOS_PCT: even(1, 0.4, 8), BAS_PCT: even(1, 0, 1),
  MCV: even(1, 82, 100), MCHC: even(0, 316, 354),
  CRP: skewed(2, 1.6, 8), HSCRP: skewed(2, 0.8, 3), ESR: skewed(0, 8, 20),
  TP: even(1, 65, 85), ALB: even(1, 40, 55), TBIL: skewed(1, 11.5, 23), GGT: skewed(0, 22, 60, 7), ALP: even(0, 45, 125), LDH: even(0, 120, 250), TBA: skewed(1, 3.5, 10),
  ALT: skewed(0, 19, 50, 7), AST: skewed(0, 21, 40, 13),
  UREA: even(2, 2.6, 8), CYSC: even(2, 0.54, 1.25),
  TC: even(2, 2.9, 5.7), TG: skewed(2, 1.25, 1.7), HDLC: even(2, 1.04, 1.9), APOA1: even(2, 1.2, 1.6), APOB: even(2, 0.55, 1.1), LPA: skewed(0, 110, 300),
  GLU: even(2, 3.9, 6.1), HBA1C: even(1, 4, 6),
  K: even(2, 3.5, 5.3), NA: even(1, 137, 147), CL: even(1, 99, 110), CA: even(2, 2.11, 2.52), P: even(2, 0.85, 1.51), MG: even(2, 0.75, 1.02), CO2: even(1, 23, 29), HCO3: even(1, 22, 27),
  FE: even(1, 10.6, 32.2), TIBC: even(1, 54, 77), FERR: skewed(1, 95, 400, 13),
  PT: even(1, 11, 14), APTT: even(1, 25, 37), FIB: even(2, 2, 4), TT: even(1, 14, 21), DDIMER_FEU: skewed(2, 0.22, 0.55), DDIMER_DDU: skewed(0, 110, 243),
  TSH: skewed(2, 1.9, 4.2, 0.27), FT4: even(2, 12, 22), FT3: even(2, 3.1, 6.8), TPOAB: skewed(1, 9, 34), TGAB: skewed(1, 14, 115),
  HBSAB: skewed(2, 24, 10),
  AFP: skewed(2, 2.6, 7), CEA: skewed(2, 1.7, 5), CA125: skewed(1, 11, 35), CA153: skewed(1, 9.5, 25), CA199: skewed(1, 8.5, 27), TPSA: skewed(2, 0.9, 4),
  HSCTNI: skewed(1, 4.1, 26.2), HSCTNT: skewed(1, 5.4, 14), NTPROBNP: skewed(0, 60, 125), BNP: skewed(0, 32, 100), CK: skewed(0, 95, 200, 40), MYO: skewed(1, 34, 72),
};

/** Where men and women have limits of their own. */
const BY_SEX: Readonly<Record<string, Readonly<Record<Sex, Limits>> & { readonly decimals: number }>> = {
  RBC: { male: [4.3, 5.8], female: [3.8, 5.1], decimals: 2 },
  CREA: { male: [57, 97], female: [41, 73], decimals: 0 },
  UA: { male: [208, 428], female: [155, 357], decimals: 0 },
};

/** Limits of what is computed from other quantities, see `derive`. */
const DERIVED: Readonly<Record<string, Spread & { readonly female?: Limits }>> = {
  HGB: { low: 130, high: 175, female: [115, 150], decimals: 0 }, HCT: { low: 40, high: 50, female: [35, 45], decimals: 1 }, MCH: even(1, 27, 34),
  LYM_PCT: even(1, 20, 50), NEU: even(2, 1.8, 6.3), LYM: even(2, 1.1, 3.2), MON: even(2, 0.1, 0.6), EOS: even(2, 0.02, 0.52), BAS: even(2, 0, 0.06),
  DBIL: { high: 8, decimals: 1 }, LDLC: { high: 3.4, decimals: 2 },
  GLU_FASTING: even(2, 3.9, 6.1), HBA1C_IFCC: even(0, 20, 42), INR: even(2, 0.85, 1.15), FPSA: { high: 1, decimals: 2 }, HBSAG_QUANT: { high: 0.05, decimals: 2 },
  EGFR2009: { low: 90, decimals: 0 }, EGFR2021: { low: 90, decimals: 0 },
};

/** Results in words, and the share of people in whom they are positive. */
export const POSITIVE_SHARE: Readonly<Record<string, number>> = { HBSAG: 0.06, HBEAG: 0.02, HBEAB: 0.12, HBCAB: 0.3, HCVAB: 0.005, RPR: 0.004, HIV: 0.001 };

/** What a laboratory expects of a person of this sex; undefined for a result in words. */
export function spreadOf(item: string, sex: Sex): Spread | undefined {
  const bySex = BY_SEX[item];
  if (bySex !== undefined) return even(bySex.decimals, ...bySex[sex]);
  const derived = DERIVED[item];
  if (derived?.female !== undefined && sex === 'female') return even(derived.decimals, ...derived.female);
  return derived ?? SPREADS[item];
}

export interface Body { readonly sex: Sex; readonly ageYears: number; readonly of: (item: string) => number; readonly isPositive: (item: string) => boolean }

/**
 * Computes what a laboratory computes, so that the numbers of one report agree with each other.
 *
 * @param body values of this blood sample in the catalogue's units
 * @returns undefined for a quantity that is measured
 */
export function derive(item: string, body: Body): number | undefined {
  const { of, isPositive } = body;
  const share = (percentage: string): number => (of('WBC') * of(percentage)) / 100;
  switch (item) {
    case 'HCT': return (of('RBC') * of('MCV')) / 10;
    case 'HGB': return (of('RBC') * of('MCV') * of('MCHC')) / 1000;
    case 'MCH': return (of('MCV') * of('MCHC')) / 1000;
    case 'LYM_PCT': return 100 - of('NEU_PCT') - of('MON_PCT') - of('EOS_PCT') - of('BAS_PCT');
    case 'NEU': return share('NEU_PCT');
    case 'LYM': return share('LYM_PCT');
    case 'MON': return share('MON_PCT');
    case 'EOS': return share('EOS_PCT');
    case 'BAS': return share('BAS_PCT');
    case 'DBIL': return of('TBIL') * 0.27;
    // Measured directly: Friedewald's subtraction fails where triglycerides are high.
    case 'LDLC': return (of('TC') - of('HDLC')) * 0.8;
    case 'GLU_FASTING': return of('GLU');
    case 'HBA1C_IFCC': return (of('HBA1C') - 2.152) / 0.09148;
    case 'HBSAG_QUANT': return isPositive('HBSAG') ? 40 * of('ALT') : of('ALT') / 2000;
    case 'INR': return of('PT') / 12.3;
    case 'FPSA': return of('TPSA') * 0.22;
    case 'EGFR2009': return filtration(body, { scale: 141, alpha: [-0.411, -0.329], beta: -1.209, perYear: 0.993, female: 1.018 });
    case 'EGFR2021': return filtration(body, { scale: 142, alpha: [-0.302, -0.241], beta: -1.2, perYear: 0.9938, female: 1.012 });
    default: return undefined;
  }
}

interface CkdEpi { readonly scale: number; readonly alpha: readonly [male: number, female: number]; readonly beta: number; readonly perYear: number; readonly female: number }

/** Glomerular filtration by the CKD-EPI creatinine equation of either year. */
function filtration({ sex, ageYears, of }: Body, equation: CkdEpi): number {
  const isFemale = sex === 'female';
  const ratio = of('CREA') / 88.4 / (isFemale ? 0.7 : 0.9);
  const alpha = isFemale ? equation.alpha[1] : equation.alpha[0];
  return equation.scale * Math.min(ratio, 1) ** alpha * Math.max(ratio, 1) ** equation.beta * equation.perYear ** ageYears * (isFemale ? equation.female : 1);
}
