import { createRequire } from 'node:module';

/**
 * Whether a text is a UCUM code, asked of the published UCUM library. It takes 20 ms and 17 MB to load, so it is loaded
 * when the first question comes: tables are checked at start, messages ask only for units that no table knows.
 */
export type IsUcum = (code: string) => boolean;

interface UcumLibrary {
  readonly UcumLhcUtils: { getInstance(): { validateUnitString(code: string): { readonly status: string } } };
}

const MAX_CODE_LENGTH = 60;
const MAX_REMEMBERED = 2_000;
const answers = new Map<string, boolean>();

/** @see https://ucum.org/ucum */
export const isUcum: IsUcum = (code) => {
  const known = answers.get(code);
  if (known !== undefined) return known;
  const answer = code !== '' && code.length <= MAX_CODE_LENGTH && /^[!-~]+$/.test(code) && library().validateUnitString(code).status === 'valid';
  if (answers.size < MAX_REMEMBERED) answers.set(code, answer);
  return answer;
};

let loaded: ReturnType<UcumLibrary['UcumLhcUtils']['getInstance']> | undefined;

function library(): NonNullable<typeof loaded> {
  if (loaded === undefined) {
    const ucum: UcumLibrary = createRequire(import.meta.url)('@lhncbc/ucum-lhc') as UcumLibrary;
    loaded = ucum.UcumLhcUtils.getInstance();
  }
  return loaded;
}
