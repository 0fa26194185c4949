import type { ArchiveFile } from './archive.ts';
import { unpack } from './archive.ts';
import { walkXmlFile } from './walk-xml.ts';

/**
 * A number that is shown with a fixed number of digits, as numbers of patients and reports are: `00000000`, `"P"0000-0000`.
 * `pattern` is what is shown, with a digit for each `DIGIT`.
 */
export interface PaddedForm { readonly pattern: string }
/** No text has it. */
export const DIGIT = '\0';

/** What a number in a cell stands for, as its format shows it. `unclear`: a percentage or not, which depends on the number. */
export type NumberMeaning = 'number' | 'percent' | 'date' | 'time' | 'unclear' | PaddedForm;

/** Formats that every workbook has. 27 to 36 and 50 to 58 are those of Chinese, Japanese and Korean dates. */
function builtInMeaning(id: number): NumberMeaning {
  if (id === 9 || id === 10) return 'percent';
  if ((id >= 14 && id <= 17) || id === 22 || (id >= 27 && id <= 31) || id === 36 || (id >= 50 && id <= 54) || id === 57 || id === 58) return 'date';
  return (id >= 18 && id <= 21) || (id >= 32 && id <= 35) || (id >= 45 && id <= 47) || id === 55 || id === 56 ? 'time' : 'number';
}

/** Quoted and escaped texts, colours, conditions and locales: they show no number. */
const NO_PLACEHOLDER = /"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi;

/** Excel takes no longer one. */
const LONGEST_CODE = 255;

/**
 * What a format code makes of a number.
 *
 * @param code such as `yyyy\-mm\-dd` or `#,##0.00_);[Red](#,##0.00)`
 */
export function meaningOfFormat(code: string): NumberMeaning {
  if (code.length > LONGEST_CODE) return 'number';
  const sections = code.replace(NO_PLACEHOLDER, '').split(';');
  const [positive = ''] = sections;
  if (CONDITION.test(code) && new Set(sections.map((section) => section.includes('%'))).size > 1) return 'unclear';
  if (/general/i.test(positive)) return 'number';
  if (/[yd]/i.test(positive)) return 'date';
  if (/[hs]/i.test(positive)) return 'time';
  if (/m/i.test(positive)) return 'date';
  return positive.includes('%') ? 'percent' : paddedForm(code) ?? 'number';
}

/** What a section shows for numbers that it holds for: `[<1]0%`. */
const CONDITION = /\[[<>=]/;
/** A quoted or escaped text, a placeholder, a sign that is shown as it is; and blanks, colours and locales, which show nothing. */
const PADDED_TOKEN = /"([^"]*)"|\\(.)|(0)|([-+():!^&'~{}<>= ])|_.|\*.|\[(?:[a-z]+\d*|\$-[^\]]*)\]/giy;
/** A lone 0 pads nothing. */
const LEAST_DIGITS = 2;

/** Undefined for a format with a decimal point, groups, or places that may stay empty: they show a quantity. */
function paddedForm(code: string): PaddedForm | undefined {
  const [positive = ''] = /^(?:"[^"]*"|\\.|[^;"\\])*/.exec(code) ?? [];
  const tokens = [...positive.matchAll(PADDED_TOKEN)];
  if (tokens.map(([token]) => token).join('') !== positive || tokens.filter(([, , , digit]) => digit !== undefined).length < LEAST_DIGITS) return undefined;
  return { pattern: tokens.map(([, quoted, escaped, digit, sign]) => (digit === undefined ? quoted ?? escaped ?? sign ?? '' : DIGIT)).join('') };
}

/** Meaning of each cell style of a workbook, by its number. */
export function readNumberMeanings(styles: ArchiveFile | undefined): readonly NumberMeaning[] {
  if (styles === undefined) return [];
  const custom = new Map<number, NumberMeaning>();
  const meanings: NumberMeaning[] = [];
  let isCellFormats = false;
  walkXmlFile(unpack(styles), {
    open: (name, attributes) => {
      if (name === 'numFmt') custom.set(Number(attributes['numFmtId']), meaningOfFormat(attributes['formatCode'] ?? ''));
      else if (name === 'cellXfs') isCellFormats = true;
      else if (name === 'xf' && isCellFormats) {
        const id = Number(attributes['numFmtId'] ?? 0);
        meanings.push(custom.get(id) ?? builtInMeaning(id));
      }
    },
    text: () => undefined,
    close: (name) => {
      if (name === 'cellXfs') isCellFormats = false;
    },
  });
  return meanings;
}
