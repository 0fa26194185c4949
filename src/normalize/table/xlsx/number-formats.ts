import type { ArchiveFile } from './archive.ts';
import { unpack } from './archive.ts';
import { walkXmlFile } from './walk-xml.ts';

/** What a number in a cell stands for, as its format shows it. */
export type NumberMeaning = 'number' | 'date' | 'time';

/** Formats that every workbook has. 27 to 36 and 50 to 58 are those of Chinese, Japanese and Korean dates. */
function builtInMeaning(id: number): NumberMeaning {
  if ((id >= 14 && id <= 17) || id === 22 || (id >= 27 && id <= 31) || id === 36 || (id >= 50 && id <= 54) || id === 57 || id === 58) return 'date';
  return (id >= 18 && id <= 21) || (id >= 32 && id <= 35) || (id >= 45 && id <= 47) || id === 55 || id === 56 ? 'time' : 'number';
}

/** Quoted and escaped texts, colours, conditions and locales: they show no number. */
const NO_PLACEHOLDER = /"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi;

/**
 * What a format code makes of a number.
 *
 * @param code such as `yyyy\-mm\-dd` or `#,##0.00_);[Red](#,##0.00)`
 */
export function meaningOfFormat(code: string): NumberMeaning {
  const [positive = ''] = code.replace(NO_PLACEHOLDER, '').split(';');
  if (/general/i.test(positive)) return 'number';
  if (/[yd]/i.test(positive)) return 'date';
  if (/[hs]/i.test(positive)) return 'time';
  return /m/i.test(positive) ? 'date' : 'number';
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
